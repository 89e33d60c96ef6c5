import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import type { Consumable } from '../../store/consumables.ts'
import { mustRead } from '../../store/must.ts'
import type { Desk, Page } from './page.ts'

type ConsumablesView = Extract<ConsoleView, { screen: 'S97' }>
type Item = ConsumablesView['items'][number]

/** What wears out or is used up at a device, what one lasts, and how much of its unit makes one a person can read. */
interface Kind {
  readonly role: string
  readonly counter: string
  /** In the counter's unit; null where only the device itself can say. */
  readonly capacity: number | null
  /** Key of the unit's words: `{value} 米`. */
  readonly unit: string
  readonly perUnit: number
}

/**
 * The consumables this program can count. 80 mm rolls of 80 m and cutters of 1.5 million cuts are what makers of receipt
 * printers name; a ribbon lasts about 3 million characters.
 */
const KINDS: readonly Kind[] = [
  { role: 'receipt-printer', counter: 'paperMm', capacity: 80_000, unit: 'metres', perUnit: 1_000 },
  { role: 'receipt-printer', counter: 'cuts', capacity: 1_500_000, unit: 'times', perUnit: 1 },
  { role: 'certificate-printer', counter: 'ribbonCharacters', capacity: 3_000_000, unit: 'characters', perUnit: 1 },
  { role: 'document-printer', counter: 'pages', capacity: 500, unit: 'pages', perUnit: 1 },
]

/** Left of a full one from which somebody should come, and should hurry. */
const LOW = 0.1
const EMPTY = 0.02
const TONER = 'document-printer.toner'

/** S97: what is left and how long it will last at the pace of the last seven days. */
export class ConsumablesPage implements Page {
  readonly held = false
  readonly task = ''
  private readonly desk: Desk
  private toner: number | null = null
  private closed = false

  constructor(desk: Desk) {
    this.desk = desk
    desk.work(async () => {
      this.toner = await desk.rooms.tonerLeft()
      if (!this.closed && this.toner !== null) desk.changed()
    })
  }

  view(): ConsumablesView {
    const { store, devices } = this.desk.rooms
    const counted = mustRead(store, (view) => view.consumables.all())
    const roles = new Set(devices.devices().map(({ role }) => role))
    return {
      screen: 'S97',
      items: [
        ...KINDS.filter(({ role }) => roles.has(role)).map((kind) =>
          itemOf(
            kind,
            counted.find(({ role, counter }) => role === kind.role && counter === kind.counter),
          ),
        ),
        ...(this.toner === null ? [] : [tonerItem(this.toner)]),
      ],
    }
  }

  receive(intent: ConsoleIntent): void {
    if (intent.type !== 'CONSOLE_REPLACED') return
    const kind = KINDS.find((one) => idOf(one) === intent.id)
    if (kind === undefined) return
    const before = mustRead(this.desk.rooms.store, (view) => view.consumables.all()).find(
      ({ role, counter }) => role === kind.role && counter === kind.counter,
    )
    const detail = { from: before?.value ?? 0, to: 0, since: before?.since ?? null }
    this.desk.record({ action: 'consumable.replaced', target: idOf(kind), detail }, (tx) =>
      tx.consumables.replaced(kind.role, kind.counter),
    )
    this.desk.changed()
  }

  close(): void {
    this.closed = true
  }
}

function idOf({ role, counter }: Pick<Kind, 'role' | 'counter'>): string {
  return `${role}.${counter}`
}

/** How much is left, 0 to 1; null where nobody can say. */
function leftOf(counted: Pick<Consumable, 'value' | 'capacity'> | undefined, standard: number | null): number | null {
  const capacity = counted?.capacity ?? standard
  if (counted === undefined || capacity === null || capacity <= 0) return null
  return Math.max(0, Math.min(1, 1 - counted.value / capacity))
}

/** Consumables that are low: `{ id, leftPercent }`. For the alert once a day (scenario 40). */
export function lowOnes(
  counted: readonly Consumable[],
  toner: number | null,
): readonly { readonly id: string; readonly leftPercent: number }[] {
  const low = counted.flatMap((one) => {
    const kind = KINDS.find(({ role, counter }) => role === one.role && counter === one.counter)
    const left = kind === undefined ? null : leftOf(one, kind.capacity)
    return left === null || left > LOW ? [] : [{ id: idOf(one), leftPercent: Math.round(left * 100) }]
  })
  return toner === null || toner > LOW ? low : [...low, { id: TONER, leftPercent: Math.round(toner * 100) }]
}

function itemOf(kind: Kind, counted: Consumable | undefined): Item {
  const left = leftOf(counted, kind.capacity)
  return {
    id: idOf(kind),
    name: text(`console.consumable.${kind.counter}`),
    tone: toneOf(left),
    left,
    words:
      left === null
        ? text('console.consumable.unknown')
        : text('console.consumable.left', { percent: Math.round(left * 100) }),
    forecast: forecastOf(kind, counted),
    since: counted?.since ?? null,
    counters: [
      {
        label: text(`console.consumable.used.${kind.unit}`),
        value: String(Math.round(((counted?.value ?? 0) / kind.perUnit) * 10) / 10),
      },
    ],
    replaceable: true,
  }
}

/** Toner is what the printer itself says: nothing is counted, and a new cartridge tells its own tale. */
function tonerItem(left: number): Item {
  return {
    id: TONER,
    name: text('console.consumable.toner'),
    tone: toneOf(left),
    left,
    words: text('console.consumable.left', { percent: Math.round(left * 100) }),
    forecast: null,
    since: null,
    counters: [],
    replaceable: false,
  }
}

function toneOf(left: number | null): Item['tone'] {
  if (left === null) return 'unknown'
  return left <= EMPTY ? 'bad' : left <= LOW ? 'warning' : 'good'
}

/** At the pace of the last seven days. */
function forecastOf(kind: Kind, counted: Consumable | undefined): TextRef | null {
  const capacity = counted?.capacity ?? kind.capacity
  if (counted === undefined || counted.perDay === null || counted.perDay <= 0 || capacity === null) return null
  return text('console.consumable.daysLeft', {
    days: Math.floor(Math.max(0, capacity - counted.value) / counted.perDay),
  })
}
