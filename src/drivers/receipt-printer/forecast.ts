/** What is known about one supply: paper of the roll in the printer, or strokes of its knife. */
export interface Supply {
  /** What a full one holds: millimetres of a roll, cuts of a knife. From the site, else from the profile. */
  readonly capacity: number
  /** Used since it was put in. */
  readonly used: number
  /** Used on an average recent day; null before the first one. */
  readonly perDay: number | null
}

export interface Forecast {
  /** Part that is left, 0 to 1. */
  readonly left: number
  /** Whole days it lasts at the recent rate; null where nothing was used lately. */
  readonly days: number | null
  /** `info`: order one; `warning`: put one in at the next visit; `bad`: it is used up, the sensor decides from here. */
  readonly tone: 'good' | 'info' | 'warning' | 'bad'
}

/** A technician comes about once a week: what does not last so long has to be changed on this visit. */
const VISIT_DAYS = 7
const ORDER_DAYS = 21
/** Rolls differ by some percent, and counting errs on the side of more. */
const NEARLY_NOTHING = 0.05

/** How long a supply lasts. A counter is a forecast only: paper out is what the sensor says. */
export function forecast({ capacity, used, perDay }: Supply): Forecast {
  if (!(capacity > 0)) throw new Error(`a supply of ${String(capacity)}`)
  const rest = Math.max(0, capacity - used)
  const left = rest / capacity
  const days = perDay === null || perDay <= 0 ? null : Math.floor(rest / perDay)
  return { left, days, tone: toneOf(left, days) }
}

function toneOf(left: number, days: number | null): Forecast['tone'] {
  if (left === 0) return 'bad'
  if (left < NEARLY_NOTHING || (days !== null && days < VISIT_DAYS)) return 'warning'
  return days !== null && days < ORDER_DAYS ? 'info' : 'good'
}
