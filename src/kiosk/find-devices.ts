import { discover, type Discovery, type DiscoverOptions } from '../drivers/discovery/discover.ts'
import type { BoundPort } from '../drivers/discovery/bound.ts'
import { readKnownUsb } from '../drivers/discovery/known-usb.ts'
import { expectOk } from '../lib/result.ts'
import { addressOf, type LineRole } from './device-lines.ts'
import type { Site } from './site/schema.ts'

/**
 * Looks at everything that is plugged in; ports that roles of `site` use are named and left alone, the others are asked
 * what they are. Ends early when `signal` is aborted.
 */
export async function findDevices(
  site: Pick<Site, 'devices'>,
  options: Omit<DiscoverOptions, 'bound' | 'known'>,
): Promise<Discovery> {
  const known = expectOk(await readKnownUsb(), 'the shipped table of USB ids')
  return discover({ ...options, known, bound: boundPorts(site) })
}

/** The ports the site file gives to roles. */
function boundPorts({ devices }: Pick<Site, 'devices'>): readonly BoundPort[] {
  return Object.entries(devices).flatMap(([role, device]): readonly BoundPort[] => {
    if (device === undefined) return []
    if ('transport' in device) {
      const { transport } = device
      // The keyboard is no port.
      if (transport.kind === 'keyboard') return []
      return [{ role, address: addressOf(role as LineRole, transport) }]
    }
    if (device.driver === 'pcsc') {
      const { reader } = device
      return [{ role, address: { kind: 'pcsc', ...(reader !== undefined && { reader }) } }]
    }
    if (!('queue' in device)) return []
    const { queue, server } = device
    return [{ role, address: { kind: 'cups', queue, ...(server !== undefined && { server }) } }]
  })
}
