import { siteSchemaTree, type SchemaNode } from '../site/schema-tree.ts'
import type { Found } from './rooms.ts'

/** A device as the site file writes it. */
type WrittenDevice = Readonly<Record<string, unknown>>

/** The roles and drivers a site file may name; the camera belongs to the page and is bound by its name there. */
export function rolesOfSchema(): readonly { readonly role: string; readonly drivers: readonly string[] }[] {
  return Object.entries(deviceNodes())
    .filter(([role]) => role !== 'camera')
    .map(([role, device]) => ({ role, drivers: alternatives(device).flatMap(driversOf) }))
}

/**
 * What stands under a role once `found` is bound to it: how it is reached is new, what else was written and fits the driver
 * stays. A line is named by its transport, a printer of CUPS by its queue where the role takes nothing else, a reader
 * behind pcscd by its name.
 * @returns null where no site file can say that this driver is reached through `found`
 */
export function boundDevice(
  { role, driver }: { readonly role: string; readonly driver: string },
  found: Pick<Found, 'kind' | 'address' | 'transport'>,
  present: WrittenDevice,
): WrittenDevice | null {
  const device = deviceNodes()[role]
  const chosen = device === undefined ? undefined : alternatives(device).find((one) => driversOf(one).includes(driver))
  const place = chosen === undefined ? null : placeOf(chosen, found)
  if (chosen === undefined || place === null) return null
  const kept = Object.entries(present).filter(([key]) => Object.hasOwn(chosen.properties ?? {}, key))
  return { ...Object.fromEntries(kept), driver, ...place }
}

const PCSC = 'pcsc:'

function placeOf(
  { properties = {} }: SchemaNode,
  { kind, address, transport }: Pick<Found, 'kind' | 'address' | 'transport'>,
): WrittenDevice | null {
  if (properties['transport'] !== undefined) return transport === null ? null : { transport }
  if (properties['queue'] !== undefined) return kind === 'cups' ? { queue: transport?.['queue'] } : null
  if (properties['reader'] !== undefined) return kind === 'pcsc' ? { reader: address.slice(PCSC.length) } : null
  return null
}

function deviceNodes(): Readonly<Record<string, SchemaNode>> {
  return siteSchemaTree().properties?.['devices']?.properties ?? {}
}

function alternatives(device: SchemaNode): readonly SchemaNode[] {
  return device.oneOf ?? [device]
}

function driversOf({ properties }: SchemaNode): readonly string[] {
  const driver = properties?.['driver']
  return (driver?.enum ?? (driver?.const === undefined ? [] : [driver.const])).map(String)
}
