import type { DeviceRole } from '../drivers/report.ts'
import type { DeviceStanding } from '../drivers/supervisor/standing.ts'
import type { Closing, Member } from './house.ts'
import type { DeviceRole as NeededRole } from './services/catalogue.ts'

type Standing = Pick<DeviceStanding, 'state' | 'usable'>

/** States with words of their own; any other state that is not usable is a fault of the device. */
interface Words {
  readonly fault: Closing
  readonly states: Readonly<Record<string, Closing | undefined>>
  /** States in which a service may begin although the device calls itself not usable. */
  readonly open?: ReadonlySet<string>
}

const WORDS: Readonly<Record<NeededRole, Words>> = {
  'id-card': { fault: 'CARD_READER_FAULT', states: {} },
  'receipt-printer': {
    fault: 'RECEIPT_PRINTER_FAULT',
    states: {
      PAPER_OUT: 'RECEIPT_PAPER_OUT',
      COVER_OPEN: 'RECEIPT_COVER_OPEN',
      PAPER_JAM: 'RECEIPT_PAPER_JAM',
      CUTTER_ERROR: 'RECEIPT_PAPER_JAM',
      EXIT_BLOCKED: 'RECEIPT_EXIT_BLOCKED',
      PAPER_NOT_TAKEN: 'RECEIPT_EXIT_BLOCKED',
      FEEDING: 'RECEIPT_PRINTER_BUSY',
    },
  },
  'certificate-printer': {
    fault: 'CERTIFICATE_PRINTER_FAULT',
    states: { COVER_OPEN: 'CERTIFICATE_COVER_OPEN', PAPER_JAM: 'CERTIFICATE_PAPER_JAM' },
    // The page of the visit before lies in the slot: the next visit asks for it to be taken.
    open: new Set(['DOCUMENT_EJECTED']),
  },
}

/** States of what stands around the hands that stop all business: the mains are gone, or somebody is inside. */
const GROUND: Partial<Record<DeviceRole, { member: Member; states: Readonly<Record<string, Closing | undefined>> }>> = {
  ups: {
    member: 'power',
    states: { ON_BATTERY: 'POWER_ON_UPS', BATTERY_LOW: 'POWER_ON_UPS', SHUTTING_DOWN: 'POWER_ON_UPS' },
  },
  'io-board': { member: 'cabinet', states: { TAMPER: 'TAMPER', DOOR_OPEN: 'TAMPER' } },
}

/** Roles without which a service of today cannot begin. */
const NEEDED_ROLES = Object.keys(WORDS) as readonly NeededRole[]

/** What the standing of a device closes, and whose closing that is; null for a device that closes nothing. */
export function closingOf(
  role: DeviceRole,
  standing: Standing,
): { readonly member: Member; readonly closing: Closing | null } | null {
  const ground = GROUND[role]
  if (ground !== undefined) return { member: ground.member, closing: ground.states[standing.state] ?? null }
  const needed = NEEDED_ROLES.find((each) => each === role)
  return needed === undefined ? null : { member: needed, closing: closingOfNeeded(WORDS[needed], standing) }
}

/** The closing of a role the site names no device for. */
function closingWithout(role: NeededRole): Closing {
  return WORDS[role].fault
}

/** What the very first screen says: a device is closed until it has answered, or for good where there is none. */
export function closingsAtStart(roles: readonly DeviceRole[]): readonly (readonly [Member, Closing])[] {
  return NEEDED_ROLES.map((role) => [role, roles.includes(role) ? 'DEVICE_CHECKING' : closingWithout(role)] as const)
}

function closingOfNeeded({ fault, states, open }: Words, { state, usable }: Standing): Closing | null {
  if (state === 'CHECKING') return 'DEVICE_CHECKING'
  if (usable || open?.has(state) === true) return null
  return states[state] ?? fault
}
