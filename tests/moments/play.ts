import { eventOf, momentOf, type EventName, type MomentName } from './happenings.ts'
import type { Outcome } from './moments.ts'
import { MomentStage, type Met } from './stage.ts'

/** Lines of print of one endorsement. */
const WHOLE = 6
/** Until everything that waits for its time has been delivered, milliseconds. */
const DRAIN_MS = 90_000

/** Brings a fresh visit to the moment, lets the event happen, and follows the visit to its end. */
export async function play(moment: MomentName, event: EventName): Promise<Outcome> {
  const stage = await MomentStage.open()
  try {
    const { here, arm } = momentOf(moment)
    const happening: Promise<void>[] = []
    const happens = (): void => void happening.push(Promise.resolve(eventOf(event).happens(stage)))
    const happened = (): boolean => happening.length > 0
    arm?.(stage, happens)
    const reached = await stage.live(() => happened() || here?.(stage) === true)
    if (reached.kind !== 'MOMENT') throw new Error(`${moment} never came: ${JSON.stringify(reached)}`)
    if (!happened()) happens()
    await Promise.all(happening)
    if (event === 'KIOSK_POWER') await stage.live(() => stage.snapshot !== undefined)
    if (moment === 'HOME') await stage.pass(45_000)
    const met = await stage.live(undefined, 0)
    const linesThen = stage.rig.certificatePrinter.linesPrinted
    const { store } = stage.statuses()
    const sees = seen(met, stage)
    await eventOf(event).isOver(stage)
    const then = await goesOnAfter(met, stage)
    await stage.pass(DRAIN_MS)
    if (!stage.auditHolds()) throw new Error('the chain of the audit is broken')
    return {
      sees,
      store,
      ink: linesThen === 0 ? 'none' : linesThen % WHOLE === 0 ? 'whole' : 'part',
      then,
      centre: stage.statuses().centre,
      rows: stage.sheet?.inkedRows(stage.rig.template.rows).length ?? 0,
      // What was left unfinished is cut off with its void mark: that is nobody's slip.
      slip: stage.rig.receiptPrinter.paper.documents.some(({ text }) => !text.join('').includes('作废')),
    }
  } finally {
    await stage.close()
  }
}

/**
 * One visit in which the event happens at each of these moments, each time until the next of them comes, and is over for
 * good at `backAt`. Resolves with what the citizen meets.
 */
export async function sweep(
  event: EventName,
  moments: readonly MomentName[],
  backAt: MomentName | null,
): Promise<string> {
  const stage = await MomentStage.open()
  try {
    for (const moment of [...moments, ...(backAt === null ? [] : [backAt])]) {
      const { here, arm } = momentOf(moment)
      let isArmed = false
      arm?.(stage, () => (isArmed = true))
      const reached = await stage.live(() => isArmed || here?.(stage) === true, 0)
      if (reached.kind !== 'MOMENT') return `before ${moment}: ${seen(reached, stage)}`
      await eventOf(event).isOver(stage)
      if (moment !== backAt) await eventOf(event).happens(stage)
    }
    return seen(await stage.live(undefined, 0), stage)
  } finally {
    await stage.close()
  }
}

function seen(met: Met, stage: MomentStage): string {
  switch (met.kind) {
    case 'TROUBLE':
      return met.code
    case 'CLOSED':
      return `closed: ${met.why}`
    case 'HOME':
      if (!met.endorsed) return 'nothing left to do'
      return stage.receiptProblem === null ? 'goes on' : `goes on, ${stage.receiptProblem}`
    case 'MOMENT':
      return 'goes on'
  }
}

/** The device is back: she tries again where that is offered, else leaves and comes again. */
async function goesOnAfter(met: Met, stage: MomentStage): Promise<string> {
  if (met.kind === 'HOME') return '—'
  if (met.kind === 'CLOSED') {
    // The two people who look at the page take it out.
    if (met.why === 'UNKNOWN_PAGE_INSIDE') stage.rig.certificatePrinter.remove()
    return `opens: ${seen(await stage.live(), stage)}`
  }
  const actions = stage.snapshot?.problem?.actions ?? []
  if (actions.includes('RETRY')) {
    stage.press({ type: 'RETRY' })
    return `RETRY: ${seen(await stage.live(), stage)}`
  }
  stage.press({ type: 'LEAVE' })
  await stage.home()
  return `next visit: ${seen(await stage.live(), stage)}`
}
