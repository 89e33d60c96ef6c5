import { err, ok, type Result } from '../../lib/result.ts'

/** Where a print server listens. */
export type IppServer =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string }

/** The port of IPP (RFC 8010 section 4). */
const IPP_PORT = 631

/** Where CUPS listens on Debian, UOS and Kylin when nobody changed it. */
export const LOCAL_CUPS: IppServer = { kind: 'socket', path: '/run/cups/cups.sock' }

/**
 * Reads `HOST`, `HOST:PORT`, `[IPv6]:PORT` or the absolute path of a Unix socket. The error is one sentence for a person.
 */
export function parseIppServer(text: string): Result<IppServer, string> {
  if (text.startsWith('/')) return ok({ kind: 'socket', path: text })
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?$/.exec(text)
  const port = match?.[3] === undefined ? IPP_PORT : Number(match[3])
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || port < 1 || port > 65_535)
    return err(`"${text}" is no print server: HOST:PORT or the path of a socket`)
  return ok({ kind: 'tcp', host, port })
}
