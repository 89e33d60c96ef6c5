import { wallTime } from '../text/written.ts'

/** An instant as staff read it: `11-23 09:02`. */
export function stamp(instant: number): string {
  const { date, time } = wallTime(instant)
  return `${date.slice(5)} ${time}`
}

/** Milliseconds left as `14:59`; never below `0:00`. */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toString().padStart(2, '0')}`
}
