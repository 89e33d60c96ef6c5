import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyPairOfPem, type PublicKey } from '../../central/contract/key.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { parseSigners, type SiteTrust } from './site-signature.ts'

/** Where the package puts the signers' file; `KIOSK_SITE_SIGNERS` names another. */
const INSTALLED = '/etc/road-transport-kiosk/site-signers.json'

export interface SignersUnreadable {
  readonly file: string
  readonly detail: string
}

/**
 * Whose site files this machine takes; null where nobody was named, and any file is taken. It is the machine's owner who
 * names them, never the site file. One that is named and cannot be read is an error: it must not open the door.
 */
export function siteTrust(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Result<SiteTrust | null, SignersUnreadable> {
  const named = environment['KIOSK_SITE_SIGNERS']
  const file = named === undefined || named === '' ? INSTALLED : named
  if (file === INSTALLED && !existsSync(file)) return ok(null)
  const read = textOf(file)
  if (!read.ok) return err({ file, detail: read.error })
  const signers = parseSigners(read.value)
  if (!signers.ok) return err({ file, detail: signers.error })
  const data = environment['KIOSK_DATA']
  return ok({ signers: signers.value, device: data === undefined ? [] : deviceKeys(join(data, 'device.key')) })
}

/** The kiosk's own keys; one that cannot be read vouches for nothing (the start of the kiosk says why it cannot). */
function deviceKeys(file: string): readonly PublicKey[] {
  return [file, `${file}.next`].flatMap((path) => {
    const pem = textOf(path)
    if (!pem.ok) return []
    try {
      return [keyPairOfPem(pem.value).publicKey]
    } catch {
      return []
    }
  })
}

function textOf(file: string): Result<string, string> {
  try {
    return ok(readFileSync(file, 'utf8'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return err(String(error.code))
  }
}
