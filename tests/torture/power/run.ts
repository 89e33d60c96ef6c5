import type { Balance } from './balance.ts'
import { Hall, type HallReport } from './hall.ts'
import { ordeals, type Ordeal } from './ordeal.ts'
import { World } from './world.ts'
import { seededRandom } from '../../../src/lib/random.ts'

export interface PowerOptions {
  readonly kills: number
  readonly seed: number
  /** Program of the kiosk process: the bundle, or its source. */
  readonly entry: string
  readonly tell: (line: string) => void
}

export interface PowerReport extends Balance {
  readonly seed: number
  readonly halls: number
  readonly kills: number
  /** Lives of the kiosk process that met an ordeal. */
  readonly visits: number
  /** Kills by their moment; `STUCK`: it had shown nothing new for so long that somebody pulled the plug. */
  readonly byMoment: Readonly<Record<string, number>>
  readonly mishaps: Readonly<Record<string, number>>
  /** From the start of the process to its first open home screen after a kill, milliseconds. */
  readonly recoveryMs: { readonly median: number; readonly p99: number }
  readonly diskFilled: boolean
  readonly findings: { readonly seen: number; readonly notSeen: number }
  readonly tookS: number
}

/**
 * Halls side by side, each with its own centre, printers, disk and kiosk. Most of an ordeal is waiting (for a device, for
 * a deadline): while one hall waits, the other goes on.
 */
const HALLS = 2

/**
 * Kills the kiosk process `kills` times in the middle of visits, then counts what is on paper and what is on record. The
 * ordeals of the seed are dealt out in turn, each hall has its share of the kills: the same seed gives each hall the same.
 */
export async function power({ kills, seed, entry, tell }: PowerOptions): Promise<PowerReport> {
  const began = performance.now()
  const halls = Math.min(HALLS, kills)
  const reports = await Promise.all(
    Array.from({ length: halls }, async (_, n) => {
      const world = await World.open()
      try {
        const share = Math.floor(kills / halls) + (n < kills % halls ? 1 : 0)
        const say = (line: string): void => tell(`hall ${n + 1}: ${line}`)
        return await new Hall(world, entry, say).play(dealt(ordeals(seededRandom(seed)), n, halls), share)
      } finally {
        await world.close()
      }
    }),
  )
  return { seed, halls, ...merged(reports), tookS: Math.round((performance.now() - began) / 1_000) }
}

/** Every `of`th ordeal, from the `from`th on. */
export function* dealt(all: Iterable<Ordeal>, from: number, of: number): Generator<Ordeal> {
  for (const ordeal of all) if ((ordeal.n - 1) % of === from) yield ordeal
}

function merged(reports: readonly HallReport[]): Omit<PowerReport, 'seed' | 'halls' | 'tookS'> {
  const sum = (of: (report: HallReport) => number): number => reports.reduce((total, each) => total + of(each), 0)
  const counts = (of: (report: HallReport) => Readonly<Record<string, number>>): Record<string, number> => {
    const all: Record<string, number> = {}
    for (const report of reports) for (const [name, n] of Object.entries(of(report))) all[name] = (all[name] ?? 0) + n
    return all
  }
  const recovered = reports.flatMap(({ recoveries }) => recoveries).toSorted((a, b) => a - b)
  return {
    kills: sum((each) => each.kills),
    visits: sum((each) => each.visits),
    byMoment: counts((each) => each.byMoment),
    mishaps: counts((each) => each.mishaps),
    recoveryMs: { median: quantile(recovered, 0.5), p99: quantile(recovered, 0.99) },
    diskFilled: reports.every(({ diskFilled }) => diskFilled),
    findings: { seen: sum((each) => each.findings.seen), notSeen: sum((each) => each.findings.notSeen) },
    booklets: sum((each) => each.booklets),
    confirmed: sum((each) => each.confirmed),
    wholeRows: sum((each) => each.wholeRows),
    spoiledRows: sum((each) => each.spoiledRows),
    voided: sum((each) => each.voided),
    outbox: { pending: sum((each) => each.outbox.pending), parked: sum((each) => each.outbox.parked) },
    auditRows: sum((each) => each.auditRows),
    auditUnbroken: reports.every(({ auditUnbroken }) => auditUnbroken),
    violations: reports.flatMap(({ violations }, n) => violations.map((each) => `hall ${n + 1}: ${each}`)),
  }
}

function quantile(sorted: readonly number[], q: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0)
}
