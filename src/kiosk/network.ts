import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { CentralError } from '../central/client/central-error.ts'
import type { Result } from '../lib/result.ts'

/** How far a call from here gets: to the centre, to the network only, or not even there. */
export type Reach = 'ONLINE' | 'CENTRE_DOWN' | 'NO_NETWORK'

/** What this machine knows of its network, without sending anything. */
export interface NetworkSigns {
  /** Whether any interface but the loopback has an address. */
  readonly hasAddress: boolean
  /** Text of /proc/net/route and /proc/net/arp; null where there is no such file (Windows). */
  readonly routes: string | null
  readonly neighbours: string | null
}

/**
 * Tells the three states apart by what a call to the centre at `host` came to. Whatever answered on the way (even with
 * "connection refused") shows that the network is there; silence is judged by address, default route, gateway and name.
 */
export function reachOf(answer: Result<unknown, CentralError>, host: string, signs: NetworkSigns): Reach {
  if (answer.ok) return 'ONLINE'
  switch (answer.error.code) {
    case 'REFUSED':
    case 'CLOCK_SKEW':
    case 'NOT_ENROLLED':
      return 'ONLINE'
    case 'CENTRE_DOWN':
    case 'NONSENSE':
      return 'CENTRE_DOWN'
    case 'UNREACHABLE':
      if (SOMEBODY_ANSWERED.has(answer.error.detail) || isHere(host)) return 'CENTRE_DOWN'
      if (UNNAMED.has(answer.error.detail)) return 'NO_NETWORK'
      return isCut(host, signs) ? 'NO_NETWORK' : 'CENTRE_DOWN'
    case 'TIMED_OUT':
      return !isHere(host) && isCut(host, signs) ? 'NO_NETWORK' : 'CENTRE_DOWN'
  }
}

const SOMEBODY_ANSWERED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])
/** The name service did not answer, or does not know the centre: nothing can be reached by name. */
const UNNAMED: ReadonlySet<string> = new Set(['EAI_AGAIN', 'ENOTFOUND', 'ENETUNREACH'])

function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function isCut(host: string, { hasAddress, routes, neighbours }: NetworkSigns): boolean {
  if (!hasAddress) return true
  if (routes === null || isIP(host) === 6) return false
  const gateway = defaultGateway(routes)
  // A centre in the same segment needs no way out.
  if (gateway === null) return !hasRoutes(routes)
  return neighbours !== null && neighbourState(neighbours, gateway) === 'SILENT'
}

function hasRoutes(routes: string): boolean {
  return routes.trim().split('\n').length > 1
}

/** The gateway of the default route, from the text of /proc/net/route (addresses are little-endian hex). */
export function defaultGateway(routes: string): string | null {
  for (const line of routes.split('\n').slice(1)) {
    const [, destination, gateway] = line.split(/\s+/)
    if (destination !== '00000000' || gateway === undefined || !/^[0-9A-F]{8}$/i.test(gateway)) continue
    return (gateway.match(/../g) ?? [])
      .reverse()
      .map((byte) => parseInt(byte, 16))
      .join('.')
  }
  return null
}

/** What /proc/net/arp says of an address: flag 0x2 is a complete entry; an entry without it was asked for in vain. */
export function neighbourState(arp: string, address: string): 'ANSWERS' | 'SILENT' | 'UNKNOWN' {
  for (const line of arp.split('\n')) {
    const [ip, , flags] = line.split(/\s+/)
    if (ip !== address || flags === undefined) continue
    return (Number(flags) & 2) !== 0 ? 'ANSWERS' : 'SILENT'
  }
  return 'UNKNOWN'
}

/** Looks at this machine; never throws for what a system may lack. The kernel's own tables: nothing is waited for. */
export function readNetworkSigns(): NetworkSigns {
  const hasAddress = Object.values(networkInterfaces()).some((all) => all?.some(({ internal }) => !internal) === true)
  return { hasAddress, routes: textOf('/proc/net/route'), neighbours: textOf('/proc/net/arp') }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
