import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { isAborted } from '../../lib/aborted.ts'
import type { ReadinessEntry, ReadinessReport, ReadinessVerdict } from '../../store/readiness-reports.ts'
import { mustRead } from '../../store/must.ts'
import type { Desk, Page } from './page.ts'
import { itemsOf, type Finding, type ReadinessItem } from './readiness-items.ts'
import type { TestRun } from './test-run.ts'

type ReadinessView = Extract<ConsoleView, { screen: 'S94' }>

/** S94: the guided check of the whole kiosk; its report is stored, compared with the last good one, and printed. */
export class ReadinessPage implements Page {
  private readonly desk: Desk
  private readonly items: readonly ReadinessItem[]
  private readonly lastGood: ReadinessReport | undefined
  private readonly found = new Map<string, Finding>()
  private now: string | null = null
  private run: TestRun | null = null
  private stop: AbortController | null = null
  private report: ReadinessReport | null = null
  private print: ReadinessView['print'] = 'NO'

  constructor(desk: Desk) {
    this.desk = desk
    this.items = itemsOf(desk)
    this.lastGood = mustRead(desk.rooms.store, (view) => view.readiness.lastGood())
  }

  get task(): string {
    return `${this.stage}/${this.run?.step ?? ''}`
  }

  get held(): boolean {
    return this.stop !== null || this.print === 'PRINTING'
  }

  view(): ReadinessView {
    const running = this.run?.now ?? null
    return {
      screen: 'S94',
      stage: this.stage,
      items: this.items.map(({ id, title }) => {
        const found = this.found.get(id)
        const state = found?.state ?? (this.now === id ? 'NOW' : 'TODO')
        return {
          ...{ id, title, state },
          words: this.now === id ? (running?.words ?? null) : null,
          detail: found?.detail ?? null,
          before: this.lastGood?.items.find((item) => item.id === id)?.state ?? null,
        }
      }),
      question: running?.state === 'ASK' ? running.words : null,
      verdict: this.report?.verdict ?? null,
      comparedWith: this.lastGood?.at ?? null,
      cameraLabel: this.desk.rooms.site.devices.camera?.labelContains ?? null,
      print: this.print,
    }
  }

  receive(intent: ConsoleIntent): void {
    switch (intent.type) {
      case 'CONSOLE_READINESS':
        this.begin()
        break
      case 'CONSOLE_ANSWER':
        this.run?.answer(intent.yes)
        break
      case 'CONSOLE_CANCEL':
        this.stop?.abort()
        break
      case 'CONSOLE_PRINT_REPORT':
        this.printReport()
        break
      default:
        return
    }
    this.desk.changed()
  }

  close(): void {
    this.stop?.abort()
  }

  private get stage(): ReadinessView['stage'] {
    if (this.stop !== null) return this.run?.now?.state === 'ASK' ? 'ASK' : 'RUNNING'
    return this.report === null ? 'IDLE' : 'DONE'
  }

  private begin(): void {
    if (this.stop !== null) return
    const stop = new AbortController()
    this.stop = stop
    this.report = null
    this.print = 'NO'
    this.found.clear()
    this.desk.work(() => this.check(stop))
  }

  private async check(stop: AbortController): Promise<void> {
    const { clock } = this.desk.rooms
    const started = clock.monotonic()
    for (const item of this.items) {
      if (stop.signal.aborted) break
      this.now = item.id
      this.desk.changed()
      const finding = await item.look({
        signal: stop.signal,
        running: (run) => {
          this.run = run
        },
      })
      if (!isAborted(stop.signal)) this.found.set(item.id, finding)
    }
    this.now = null
    this.run = null
    this.stop = null
    // A check that was broken off says nothing of the kiosk: no report.
    if (isAborted(stop.signal)) this.found.clear()
    else this.store(Math.round(clock.monotonic() - started))
    this.desk.changed()
  }

  private store(durationMs: number): void {
    const entries: ReadinessEntry[] = this.items.map(({ id }) => ({
      id,
      ...(this.found.get(id) ?? { state: 'SKIPPED', detail: null }),
    }))
    const { rooms, member, record } = this.desk
    const report = { at: rooms.clock.now(), durationMs, verdict: verdictOf(entries), staff: member.id, items: entries }
    this.report = report
    const { length: worse } = worseThan(report, this.lastGood)
    record(
      { action: 'readiness.checked', target: 'kiosk', detail: { verdict: report.verdict, durationMs, worse } },
      (tx) => tx.readiness.add(report),
    )
  }

  private printReport(): void {
    const { report } = this
    if (report === null || this.print === 'PRINTING') return
    this.print = 'PRINTING'
    this.desk.work(async () => {
      const lines = this.items.map(({ id, title }) => {
        const entry = report.items.find((one) => one.id === id)
        const before = this.lastGood?.items.find((one) => one.id === id)?.state ?? null
        return { title, state: entry?.state ?? 'SKIPPED', detail: entry?.detail ?? null, before }
      })
      const comparedWith = this.lastGood?.at ?? null
      const printed = await this.desk.rooms.printReport({ ...report, lines, comparedWith })
      this.print = printed.ok ? 'PRINTED' : 'FAILED'
      this.desk.record({
        action: 'readiness.printed',
        target: 'receipt-printer',
        result: printed.ok ? 'OK' : 'FAILED',
        detail: { code: printed.ok ? null : printed.error.code },
      })
      this.desk.changed()
    })
  }
}

function verdictOf(entries: readonly ReadinessEntry[]): ReadinessVerdict {
  if (entries.some(({ state }) => state === 'FAIL')) return 'NOT_READY'
  return entries.some(({ state }) => state === 'WARN') ? 'WARNINGS' : 'READY'
}

/** What is worse than in the last good report: items that passed or warned less then. */
function worseThan(report: ReadinessReport, good: ReadinessReport | undefined): readonly string[] {
  const rank = { PASS: 0, SKIPPED: 0, WARN: 1, FAIL: 2 } as const
  return report.items
    .filter(({ id, state }) => {
      const before = good?.items.find((item) => item.id === id)
      return before !== undefined && rank[state] > rank[before.state]
    })
    .map(({ id }) => id)
}
