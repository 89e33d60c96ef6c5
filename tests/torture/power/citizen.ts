import type { Intent } from '../../../src/ipc/intent.ts'
import type { Snapshot } from '../../../src/ipc/snapshot.ts'
import type { Rig } from '../../../src/rig/rig.ts'
import { DEMO_PEOPLE } from '../../../src/central/server/seed/people.ts'
import { cardOf } from '../../../src/rig/cards.ts'
import type { Booklet } from './world.ts'

/** What the citizen does about a snapshot: a press, something with her hands, or nothing. */
export interface Citizen {
  /** True when her visit is over and she has gone. */
  readonly gone: boolean
  see(snapshot: Snapshot): Intent | null
  /** Does again with her hands what the screen still asks for: the slot was not free before. */
  reach(): void
}

const OWNER = DEMO_PEOPLE.owner

/**
 * The owner with the booklet of one vehicle: does what the screen says, once for each thing it says. She knows no state
 * of the machine but what is shown.
 */
export function citizen(rig: Rig, booklet: Booklet, patient: boolean): Citizen {
  let gone = false
  let visiting = false
  let acted = ''
  let inserting = false
  let retries = 0

  const take = (): void => {
    rig.reader.removeCard()
    if (rig.certificatePrinter.documentPlace === 'ejected') rig.certificatePrinter.remove()
  }
  const leave = (): Intent => {
    take()
    return { type: 'LEAVE' }
  }

  const trouble = ({ problem }: Snapshot): Intent => {
    if (problem === null) throw new Error('no trouble')
    // Somebody in the hall opens the cover, takes out what is stuck, closes it.
    rig.certificatePrinter.mend()
    rig.receiptPrinter.mend()
    const again = problem.actions.find((action) => action === 'RETRY' || action === 'CONTINUE')
    if (again === undefined || !patient || (retries += 1) > 3) return leave()
    if (rig.certificatePrinter.documentPlace === 'none' && problem.code === 'PRINT_FAILED') booklet.insertInto(rig)
    return { type: again }
  }

  const act = (snapshot: Snapshot): Intent | null => {
    const { view } = snapshot
    switch (view.screen) {
      case 'S00': {
        if (visiting) {
          gone = true
          take()
          return null
        }
        const open = view.tiles.some(({ id, closed }) => id === 'annual-review' && closed === null)
        if (!open) return null
        visiting = true
        return { type: 'START_SERVICE', service: 'annual-review' }
      }
      case 'S01':
        return view.stage === 'NOTICE' ? { type: 'AGREE_NOTICE' } : { type: 'CONSENT_FACE', agree: false }
      case 'S02':
        if (view.stage === 'WAITING') rig.reader.insertCard(cardOf(OWNER))
        return null
      case 'S03':
        if (view.method !== 'CODE') return { type: 'USE_OTHER_METHOD' }
        if (view.stage === 'CERTIFICATE') return { type: 'CERTIFICATE_CODE', code: booklet.certificateNo }
        if (view.stage === 'SMS')
          return { type: 'SMS_CODE', code: rig.central.admin.sentSms().at(-1)?.code ?? '000000' }
        return null
      case 'S04': {
        if (view.stage !== 'CHOOSE') return null
        const own = view.vehicles.find(({ plateNo }) => plateNo === booklet.plateNo)
        return own === undefined ? leave() : { type: 'SELECT_VEHICLE', vehicleId: own.id }
      }
      case 'S05':
        if (view.stage !== 'DONE') return null
        return view.canContinue ? { type: 'CONTINUE' } : leave()
      case 'S07':
        return { type: 'CONFIRM' }
      case 'S08':
        if (view.stage === 'INSERT_CERTIFICATE') booklet.insertInto(rig)
        return null
      case 'S09':
        rig.reader.removeCard()
        rig.certificatePrinter.remove()
        return { type: 'TAKEN' }
      case 'S06':
      case 'S10':
        return leave()
      default:
        return null
    }
  }

  return {
    get gone() {
      return gone
    },
    reach() {
      if (inserting) booklet.insertInto(rig)
    },
    see(snapshot) {
      const { view, problem, viewId } = snapshot
      inserting = problem === null && view.screen === 'S08' && view.stage === 'INSERT_CERTIFICATE'
      const stage = 'stage' in view ? view.stage : ''
      const closed = view.screen === 'S00' ? String(view.tiles.some((tile) => tile.main && tile.closed === null)) : ''
      const thing = `${viewId}/${view.screen}/${stage}/${problem?.code ?? ''}/${closed}`
      if (thing === acted) return null
      acted = thing
      return problem === null ? act(snapshot) : trouble(snapshot)
    },
  }
}
