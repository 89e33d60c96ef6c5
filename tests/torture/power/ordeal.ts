import type { Weather } from '../../../src/ipc/rig.ts'
import type { Random } from '../../../src/lib/random.ts'

/** The instant at which the plug is pulled. */
export type Moment =
  /** So long after the process began, milliseconds: in the middle of starting or of recovering. */
  | { readonly at: 'START'; readonly afterMs: number }
  /** So long after a screen came up, milliseconds. */
  | { readonly at: 'SCREEN'; readonly place: string; readonly afterMs: number }
  /** When the certificate printer, or the receipt printer, has received so many bytes since it last rested. */
  | { readonly at: 'ROW_BYTE' | 'SLIP_BYTE'; readonly count: number }
  /** When the nth call of the visit reaches the centre, or its answer leaves. */
  | { readonly at: 'CALL'; readonly nth: number; readonly phase: 'asked' | 'answered' }
  /** Never: the visit may end by itself. */
  | { readonly at: 'NEVER' }

/** What else goes wrong meanwhile. */
export type Mishap =
  | { readonly kind: 'WEATHER'; readonly weather: Exclude<Weather, 'UP'>; readonly from: string }
  | { readonly kind: 'JAM' | 'COVER_OPEN' | 'PULLED'; readonly line: number }
  | { readonly kind: 'POWER_LOSS' | 'HANG'; readonly byte: number }
  | { readonly kind: 'SILENT' }
  | { readonly kind: 'SLIP_PAPER_OUT' }
  | { readonly kind: 'DISK_FULL'; readonly from: string }

/** One visit with its misfortunes, decided by the seed before it begins. */
export interface Ordeal {
  readonly n: number
  readonly kill: Moment
  readonly mishap: Mishap | null
  /** Nobody takes the certificate out after the kill: the next visit finds it in the printer. */
  readonly leftBehind: boolean
  /** After a failed print the citizen tries again, instead of leaving. */
  readonly patient: boolean
}

const PLACES = [
  'S04.CHOOSE',
  'S05.DONE',
  'S07',
  'S08.AUTHORIZING',
  'S08.INSERT_CERTIFICATE',
  'S08.PRINTING',
  'S08.RECEIPT',
  'S09',
  'S10',
] as const

/** The ordeals of a seed, one after the other: the same seed gives the same list for ever. */
export function* ordeals(random: Random): Generator<Ordeal, never> {
  for (let n = 1; ; n++) {
    yield {
      n,
      kill: momentOf(random),
      mishap: random() < 0.45 ? mishapOf(random) : null,
      leftBehind: random() < 0.3,
      patient: random() < 0.7,
    }
  }
}

function momentOf(random: Random): Moment {
  const kind = random()
  if (kind < 0.08) return { at: 'START', afterMs: between(random, 0, 900) }
  if (kind < 0.4) return { at: 'SCREEN', place: oneOf(random, PLACES), afterMs: between(random, 0, 40) }
  if (kind < 0.7) return { at: 'ROW_BYTE', count: between(random, 1, 420) }
  if (kind < 0.8) return { at: 'SLIP_BYTE', count: between(random, 1, 1_500) }
  if (kind < 0.96) return { at: 'CALL', nth: between(random, 4, 14), phase: random() < 0.5 ? 'asked' : 'answered' }
  return { at: 'NEVER' }
}

function mishapOf(random: Random): Mishap {
  const line = between(random, 1, 6)
  const from = oneOf(random, ['S05.DONE', 'S07', 'S08.INSERT_CERTIFICATE', 'S08.PRINTING', 'S09'] as const)
  switch (between(random, 0, 11)) {
    case 0:
    case 1:
      return { kind: 'WEATHER', weather: 'DOWN', from }
    case 2:
    case 3:
      return { kind: 'WEATHER', weather: 'DEAF', from }
    case 4:
      return { kind: 'WEATHER', weather: 'TWICE', from }
    case 5:
      return { kind: 'JAM', line }
    case 6:
      return { kind: 'COVER_OPEN', line }
    case 7:
      return { kind: 'PULLED', line }
    case 8:
      return { kind: 'POWER_LOSS', byte: between(random, 1, 420) }
    case 9:
      return { kind: 'SLIP_PAPER_OUT' }
    case 10:
      return { kind: 'DISK_FULL', from }
    default:
      // A printer that says nothing takes the driver's whole patience: once in a while is enough.
      if (random() < 0.7) return { kind: 'JAM', line }
      return random() < 0.5 ? { kind: 'SILENT' } : { kind: 'HANG', byte: between(random, 1, 420) }
  }
}

/** A whole number from `least` to `most`, both included. */
function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1))
}

function oneOf<T>(random: Random, all: readonly T[]): T {
  const chosen = all[Math.floor(random() * all.length)]
  if (chosen === undefined) throw new Error('nothing to choose from')
  return chosen
}
