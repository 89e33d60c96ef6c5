/** Dates and instants written out for people. Formatting only: nothing here decides anything. */

/** `2026-12-31` → `2026年12月31日`; other text is returned as it is. */
export function writtenDate(value: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  return match ? `${match[1] ?? ''}年${match[2] ?? ''}月${match[3] ?? ''}日` : value
}

/** Integer cents → `1,150.00`. */
export function writtenMoney(cents: number): string {
  const sign = cents < 0 ? '-' : ''
  const yuan = Math.trunc(Math.abs(cents) / 100).toString()
  const rest = (Math.abs(cents) % 100).toString().padStart(2, '0')
  return `${sign}${yuan.replace(/\B(?=(\d{3})+$)/g, ',')}.${rest}`
}

export interface WallTime {
  readonly date: string
  readonly time: string
  readonly hour: number
  /** 0 is Sunday. */
  readonly weekday: number
}

const format = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  weekday: 'short',
})
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** An instant (milliseconds since the epoch) as the clock on the wall of the hall shows it, always Asia/Shanghai. */
export function wallTime(instant: number): WallTime {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const part of format.formatToParts(instant)) parts[part.type] = part.value
  const { year = '', month = '', day = '', hour = '', minute = '', weekday = '' } = parts
  return {
    date: `${year}-${month}-${day}`,
    time: `${hour}:${minute}`,
    hour: Number(hour),
    weekday: weekdays.indexOf(weekday),
  }
}
