import type { Snapshot } from '../../../src/ipc/snapshot.ts'
import { seededRandom } from '../../../src/lib/random.ts'
import { citizen } from './citizen.ts'
import { KioskUnderTest } from './kiosk-under-test.ts'
import { balance, findingFor, unresolved, type Balance } from './balance.ts'
import { ordeals, type Mishap, type Moment, type Ordeal } from './ordeal.ts'
import { World, type Booklet } from './world.ts'

export interface PowerOptions {
  readonly kills: number
  readonly seed: number
  /** Program of the kiosk process: the bundle, or its source. */
  readonly entry: string
  readonly tell: (line: string) => void
}

export interface PowerReport extends Balance {
  readonly seed: number
  readonly kills: number
  readonly visits: number
  /** Kills by the moment they were meant for. */
  readonly byMoment: Readonly<Record<string, number>>
  readonly mishaps: Readonly<Record<string, number>>
  /** From the start of the process to its first open home screen after a kill, milliseconds. */
  readonly recoveryMs: { readonly median: number; readonly p99: number }
  readonly diskFilled: boolean
  readonly findings: { readonly seen: number; readonly notSeen: number }
}

/** A kiosk that shows nothing new for so long is stuck, milliseconds. */
const STUCK_MS = 20_000
/** How often a person looks whether the printer wants something from her hands, milliseconds. */
const HANDS_MS = 250
/** Tries with one booklet before its owner gives up. */
const TRIES = 4

/** Kills the kiosk process `kills` times in the middle of visits, then counts what is on paper and what is on record. */
export async function power(options: PowerOptions): Promise<PowerReport> {
  const world = await World.open()
  try {
    return await play(world, options)
  } finally {
    await world.close()
  }
}

async function play(world: World, { kills, seed, entry, tell }: PowerOptions): Promise<PowerReport> {
  const counts = { kills: 0, visits: 0, seen: 0, notSeen: 0 }
  const byMoment: Record<string, number> = {}
  const mishaps: Record<string, number> = {}
  const recoveries: number[] = []
  let booklet = world.nextBooklet()
  let tries = 0
  for (const ordeal of ordeals(seededRandom(seed))) {
    if (counts.kills >= kills) break
    counts.visits += 1
    const ended = await suffer(world, booklet, ordeal, entry)
    if (ended.killed) {
      counts.kills += 1
      byMoment[ordeal.kill.at] = (byMoment[ordeal.kill.at] ?? 0) + 1
    }
    if (ordeal.mishap !== null) mishaps[ordeal.mishap.kind] = (mishaps[ordeal.mishap.kind] ?? 0) + 1
    if (ended.openAfterMs !== null && counts.visits > 1) recoveries.push(ended.openAfterMs)
    tries += 1
    const after = await settle(world, booklet, entry, tries >= TRIES)
    counts.seen += after.seen
    counts.notSeen += after.notSeen
    if (after.done || tries >= TRIES) {
      booklet = world.nextBooklet()
      tries = 0
    }
    if (counts.visits % 20 === 0) tell(`${counts.kills} of ${kills} kills, ${world.booklets.length} booklets`)
  }
  await drain(world, entry)
  const recovered = recoveries.toSorted((a, b) => a - b)
  return {
    ...{ seed, kills: counts.kills, visits: counts.visits, byMoment, mishaps },
    recoveryMs: { median: quantile(recovered, 0.5), p99: quantile(recovered, 0.99) },
    diskFilled: world.diskIsSmall,
    findings: { seen: counts.seen, notSeen: counts.notSeen },
    ...balance(world),
  }
}

interface Ended {
  readonly killed: boolean
  /** Null when the service never opened. */
  readonly openAfterMs: number | null
}

/** One visit, with its kill and its mishap. */
async function suffer(world: World, booklet: Booklet, ordeal: Ordeal, entry: string): Promise<Ended> {
  const { rig } = world
  const person = citizen(rig, booklet, ordeal.patient)
  const plug = new Plug(ordeal.kill, () => kiosk.kill())
  let openAfterMs: number | null = null
  let done: () => void = () => undefined
  const finished = new Promise<void>((resolve) => (done = resolve))
  const stopWatching = plug.watch(rig)
  const kiosk: KioskUnderTest = new KioskUnderTest(entry, world.sitePath, world.dataDir, (snapshot) => {
    alive.touch()
    const place = placeOf(snapshot)
    if (openAfterMs === null && isOpenHome(snapshot)) openAfterMs = performance.now() - kiosk.startedAt
    befall(world, ordeal.mishap, place)
    plug.screen(place)
    const press = person.see(snapshot)
    if (press !== null) kiosk.press(press)
    if (person.gone) done()
  })
  const alive = new Alarm(STUCK_MS, () => done())
  const hands = setInterval(() => person.reach(), HANDS_MS)
  plug.started()
  const ended = await Promise.race([kiosk.ended, finished.then(() => null)])
  plug.pull = () => undefined
  const why = ended ?? (person.gone ? await kiosk.stop() : await stuck(kiosk))
  alive.stop()
  clearInterval(hands)
  stopWatching()
  if (ordeal.mishap?.kind !== 'PULLED') world.strayInk += rig.certificatePrinter.platenInk.length
  rig.certificatePrinter.platenInk.length = 0
  clearAway(world, ordeal)
  const crashed = why !== 'SIGKILL' && !why.startsWith('exit 0')
  // A full disk may end a kiosk: it says so and comes back when there is room.
  if (crashed && ordeal.mishap?.kind !== 'DISK_FULL')
    throw new Error(`ordeal ${ordeal.n} ${JSON.stringify(ordeal)}: the kiosk ended by itself: ${why}`)
  return { killed: why === 'SIGKILL', openAfterMs }
}

async function stuck(kiosk: KioskUnderTest): Promise<string> {
  // A person walks away from a screen that does nothing; the visit would time out. Here the plug is pulled instead.
  kiosk.kill()
  return kiosk.ended
}

/** Pulls the plug at its moment. */
class Plug {
  pull: () => void
  private readonly moment: Moment
  private calls = 0

  constructor(moment: Moment, pull: () => void) {
    this.moment = moment
    this.pull = pull
  }

  started(): void {
    if (this.moment.at === 'START') setTimeout(() => this.pull(), this.moment.afterMs)
  }

  screen(place: string): void {
    if (this.moment.at === 'SCREEN' && this.moment.place === place) setTimeout(() => this.pull(), this.moment.afterMs)
  }

  /** Listens at the wires; returns the end of it. */
  watch({ certificatePrinter, receiptPrinter, gate }: World['rig']): () => void {
    const { moment } = this
    if (moment.at === 'ROW_BYTE') return afterBytes(certificatePrinter.received, moment.count, () => this.pull())
    if (moment.at === 'SLIP_BYTE') return afterBytes(receiptPrinter.received, moment.count, () => this.pull())
    if (moment.at === 'CALL') {
      gate.onCall = ({ phase, url }) => {
        if (phase !== moment.phase || url.includes('health')) return
        if ((this.calls += 1) === moment.nth) this.pull()
      }
      return () => (gate.onCall = () => undefined)
    }
    return () => undefined
  }
}

/** Status questions are short; a job is not. Bytes are counted from the first chunk longer than any question. */
const LONGEST_QUESTION = 24

function afterBytes(received: number[], count: number, then: () => void): () => void {
  const from = received.length
  let jobFrom: number | null = null
  let burst = 0
  const push = received.push.bind(received)
  const timer = setInterval(() => (burst = 0), 5)
  received.push = (...bytes) => {
    const length = push(...bytes)
    burst += bytes.length
    if (jobFrom === null && burst > LONGEST_QUESTION) jobFrom = length - burst
    if (jobFrom !== null && length - Math.max(jobFrom, from) === count) then()
    return length
  }
  return () => {
    clearInterval(timer)
    received.push = push
  }
}

function befall(world: World, mishap: Mishap | null, place: string): void {
  if (mishap === null) return
  const { rig } = world
  const printer = rig.certificatePrinter
  const printing = place === 'S08.INSERT_CERTIFICATE'
  switch (mishap.kind) {
    case 'WEATHER':
      if (place === mishap.from) rig.gate.state = mishap.weather
      return
    case 'DISK_FULL':
      if (place === mishap.from) world.fillDisk()
      return
    case 'SLIP_PAPER_OUT':
      if (place === 'S08.PRINTING') rig.receiptPrinter.trouble('PAPER_OUT')
      return
    case 'SILENT':
      if (place === 'S08.PRINTING') printer.faults = { answers: [{ kind: 'silence', times: 0 }] }
      return
    case 'JAM':
      if (printing) printer.faults = { jamAtLine: printer.linesPrinted + mishap.line }
      return
    case 'COVER_OPEN':
      if (printing) printer.faults = { coverOpenAtLine: printer.linesPrinted + mishap.line }
      return
    case 'PULLED':
      if (printing) printer.faults = { pulledAtLine: printer.linesPrinted + mishap.line }
      return
    case 'POWER_LOSS':
      if (printing) printer.faults = { powerLossAtByte: printer.received.length + mishap.byte }
      return
    case 'HANG':
      if (printing) printer.faults = { hangAtByte: printer.received.length + mishap.byte }
      return
  }
}

/** The hall after a kill: the network is back, somebody mends the printer and, mostly, takes the certificate out. */
function clearAway(world: World, ordeal: Ordeal): void {
  const { rig } = world
  rig.gate.state = 'UP'
  rig.gate.onCall = () => undefined
  world.emptyDisk()
  rig.certificatePrinter.faults = {}
  rig.certificatePrinter.mend()
  rig.receiptPrinter.faults = {}
  rig.receiptPrinter.mend()
  rig.reader.removeCard()
  if (!ordeal.leftBehind) rig.certificatePrinter.remove()
}

/**
 * The next start reports what the last one left; then a person looks at the papers of what is unknown. `done` when this
 * booklet is endorsed, void, or (at the last try) given up.
 */
async function settle(
  world: World,
  booklet: Booklet,
  entry: string,
  last: boolean,
): Promise<{ done: boolean; seen: number; notSeen: number }> {
  const open = unresolved(world, booklet)
  let seen = 0
  let notSeen = 0
  if (open.length > 0) {
    await untilReported(world, entry, booklet)
    for (const record of unresolved(world, booklet)) {
      const finding = findingFor(world, booklet, record.endorsementNo)
      if (!world.rig.central.admin.resolveEndorsement(record.endorsementNo, finding)) continue
      if (finding === 'SEEN') seen += 1
      else notSeen += 1
    }
  }
  const [record] = world.rig.central.admin.ledger().filter(({ reviewId }) => reviewId === booklet.reviewId)
  const done = record !== undefined && (record.status === 'CONFIRMED' || record.status === 'VOIDED')
  return { done: done || last, seen, notSeen }
}

/** Starts a kiosk that nobody kills and lets it empty its outbox. */
async function untilReported(world: World, entry: string, booklet: Booklet): Promise<void> {
  await undisturbed(world, entry, () => unresolved(world, booklet).every(({ status }) => status === 'PRINT_UNKNOWN'))
}

async function drain(world: World, entry: string): Promise<void> {
  await undisturbed(world, entry, () => balance(world).outbox.pending === 0)
  for (const booklet of world.booklets) {
    for (const record of unresolved(world, booklet)) {
      world.rig.central.admin.resolveEndorsement(record.endorsementNo, findingFor(world, booklet, record.endorsementNo))
    }
  }
}

async function undisturbed(world: World, entry: string, isDone: () => boolean): Promise<void> {
  let wake: () => void = () => undefined
  world.rig.gate.onCall = ({ phase }) => {
    if (phase === 'answered') setImmediate(() => wake())
  }
  const kiosk = new KioskUnderTest(entry, world.sitePath, world.dataDir, () => wake())
  const until = performance.now() + STUCK_MS
  while (!isDone() && performance.now() < until) {
    await new Promise<void>((resolve) => {
      wake = resolve
      setTimeout(resolve, 500)
    })
  }
  world.rig.gate.onCall = () => undefined
  const why = await kiosk.stop()
  if (!why.startsWith('exit 0')) throw new Error(`an undisturbed kiosk ended: ${why} ${kiosk.refusal ?? ''}`)
}

/** Rings when it was not touched for so long. */
class Alarm {
  private timer: NodeJS.Timeout
  private readonly ms: number
  private readonly ring: () => void

  constructor(ms: number, ring: () => void) {
    this.ms = ms
    this.ring = ring
    this.timer = setTimeout(ring, ms)
  }

  touch(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.ring, this.ms)
  }

  stop(): void {
    clearTimeout(this.timer)
  }
}

function placeOf({ view }: Snapshot): string {
  return 'stage' in view ? `${view.screen}.${view.stage}` : view.screen
}

function isOpenHome({ view }: Snapshot): boolean {
  return view.screen === 'S00' && view.tiles.some(({ id, closed }) => id === 'annual-review' && closed === null)
}

function quantile(sorted: readonly number[], q: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0)
}
