import { err, ok, type Result } from '../lib/result.ts'
import { isLineRole, parseAddressFor, transportOf } from './device-lines.ts'
import { describeSiteError, parseSite, type SiteError } from './site/load-site.ts'

export interface Binding {
  readonly role: string
  /** As people write it; see `parseAddress`. */
  readonly port: string
  /** What the file says already, when absent. */
  readonly driver?: string | undefined
  readonly model?: string | undefined
}

export interface BoundSite {
  /** The whole file, changed in this role only. */
  readonly text: string
  /** The device of the role before and after, as the file writes it; null where there was none. */
  readonly before: unknown
  readonly after: unknown
}

export interface BindError {
  readonly code: 'USAGE' | 'BAD_ADDRESS' | SiteError['code']
  readonly message: string
}

/**
 * Gives a role another port in the text of a site file. The result has passed the same checks as at a start of the kiosk:
 * a port that another role uses, or a driver that is none, is refused and nothing is changed.
 * @param file names the text, for messages and relative paths
 */
export function bindRole(text: string, file: string, binding: Binding): Result<BoundSite, BindError> {
  const { role, port, driver, model } = binding
  if (!isLineRole(role)) return err({ code: 'USAGE', message: `${role} is not a role that is reached by a port` })
  const address = parseAddressFor(role, port)
  if (!address.ok) return err({ code: 'BAD_ADDRESS', message: address.error.detail })
  const transport = transportOf(address.value)
  if (transport === undefined)
    return err({ code: 'USAGE', message: `${port}: a site file says 8 data bits and 1 stop bit only` })
  let document: { devices?: Record<string, unknown> }
  try {
    document = JSON.parse(text.replace(/^\uFEFF/, '')) as typeof document
  } catch {
    const broken = parseSite(text, file)
    return err({ code: 'SITE_SYNTAX', message: broken.ok ? `${file} is not JSON` : describeSiteError(broken.error) })
  }
  const before = document.devices?.[role] ?? null
  const kept: Record<string, unknown> = typeof before === 'object' && before !== null ? { ...before } : {}
  // What names a reader behind pcscd does not go with a line.
  delete kept['socket']
  delete kept['reader']
  const after = {
    ...kept,
    ...(driver !== undefined && { driver }),
    ...(model !== undefined && { model }),
    transport,
  }
  const changed = `${JSON.stringify({ ...document, devices: { ...document.devices, [role]: after } }, null, 2)}\n`
  const site = parseSite(changed, file)
  if (!site.ok) return err({ code: site.error.code, message: describeSiteError(site.error) })
  return ok({ text: changed, before, after })
}
