import { describe, expect, it } from 'vitest'
import type { CentralError } from '../central/client/central-error.ts'
import { err, ok } from '../lib/result.ts'
import { defaultGateway, neighbourState, reachOf, type NetworkSigns } from './network.ts'

const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
`
const arp = (flags: string): string => `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         ${flags}         00:11:22:33:44:55     *        eth0
`
const well: NetworkSigns = { hasAddress: true, routes: ROUTES, neighbours: arp('0x2') }
const CENTRE = 'centre.example'
const unreachable = (detail: string): CentralError => ({ code: 'UNREACHABLE', detail })

describe('the health of the line', () => {
  it('is online when the centre has said anything of its own', () => {
    expect(reachOf(ok({}), CENTRE, well)).toBe('ONLINE')
    expect(reachOf(err({ code: 'CLOCK_SKEW', offsetMs: 900_000 }), CENTRE, well)).toBe('ONLINE')
  })

  it('tells a centre that is down from a network that is gone', () => {
    expect(reachOf(err(unreachable('ECONNREFUSED')), CENTRE, well)).toBe('CENTRE_DOWN')
    expect(reachOf(err({ code: 'CENTRE_DOWN', status: 502 }), CENTRE, well)).toBe('CENTRE_DOWN')
    expect(reachOf(err({ code: 'TIMED_OUT', afterMs: 3_000 }), CENTRE, well)).toBe('CENTRE_DOWN')
    expect(reachOf(err({ code: 'TIMED_OUT', afterMs: 3_000 }), CENTRE, { ...well, hasAddress: false })).toBe(
      'NO_NETWORK',
    )
    expect(reachOf(err({ code: 'TIMED_OUT', afterMs: 3_000 }), CENTRE, { ...well, neighbours: arp('0x0') })).toBe(
      'NO_NETWORK',
    )
    expect(reachOf(err(unreachable('EHOSTUNREACH')), CENTRE, { ...well, routes: ROUTES.split('\n')[0] ?? '' })).toBe(
      'NO_NETWORK',
    )
  })

  it('calls it no network when names cannot be resolved', () => {
    expect(reachOf(err(unreachable('EAI_AGAIN')), CENTRE, well)).toBe('NO_NETWORK')
  })

  it('needs no network for a centre on this machine', () => {
    const cut = { hasAddress: false, routes: null, neighbours: null }
    expect(reachOf(err({ code: 'TIMED_OUT', afterMs: 3_000 }), '127.0.0.1', cut)).toBe('CENTRE_DOWN')
  })

  it('believes a machine without /proc by its addresses alone', () => {
    const windows = { hasAddress: true, routes: null, neighbours: null }
    expect(reachOf(err({ code: 'TIMED_OUT', afterMs: 3_000 }), CENTRE, windows)).toBe('CENTRE_DOWN')
  })
})

describe('what Linux tells of the way out', () => {
  it('is the gateway of the default route, and whether it answers', () => {
    expect(defaultGateway(ROUTES)).toBe('192.168.1.1')
    expect(defaultGateway('')).toBeNull()
    expect(neighbourState(arp('0x2'), '192.168.1.1')).toBe('ANSWERS')
    expect(neighbourState(arp('0x0'), '192.168.1.1')).toBe('SILENT')
    expect(neighbourState(arp('0x2'), '192.168.1.9')).toBe('UNKNOWN')
  })
})
