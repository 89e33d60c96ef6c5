import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { text } from '../../ipc/text.ts'
import { mustRead } from '../../store/must.ts'
import { rowOf } from './device-row.ts'
import type { Desk, Page } from './page.ts'
import type { DeviceOnBoard } from './rooms.ts'
import { TestRun } from './test-run.ts'

type DeviceView = Extract<ConsoleView, { screen: 'S92' }>
type TestView = DeviceView['tests'][number]

/** S92: one device, what is known of it, and its self-tests, one at a time. */
export class DevicePage implements Page {
  private readonly desk: Desk
  private readonly role: string
  private readonly forget: () => void
  private run: TestRun | null = null

  /** `role` must be one of the site's devices. */
  constructor(desk: Desk, role: string) {
    this.desk = desk
    this.role = role
    this.forget = desk.rooms.devices.onChange(desk.changed)
  }

  get task(): string {
    return `${this.role}/${this.run?.step ?? ''}`
  }

  get held(): boolean {
    return this.run?.running ?? false
  }

  view(): DeviceView {
    const device = this.device()
    return {
      screen: 'S92',
      device: rowOf(this.desk.rooms, device),
      facts: [
        { label: text('console.fact.driver'), value: device.driver, tone: 'info', remedy: null },
        { label: text('console.fact.model'), value: device.model ?? '—', tone: 'info', remedy: null },
        { label: text('console.fact.address'), value: device.address, tone: 'info', remedy: null },
        { label: text('console.fact.state'), value: device.report.state, tone: device.report.tone, remedy: null },
      ],
      tests: this.tests(),
    }
  }

  receive(intent: ConsoleIntent): void {
    switch (intent.type) {
      case 'CONSOLE_TEST':
        if (intent.role === this.role) this.start(intent.test)
        break
      case 'CONSOLE_ANSWER':
        this.run?.answer(intent.yes)
        break
      case 'CONSOLE_CANCEL':
        this.run?.cancel()
        break
      default:
        return
    }
    this.desk.changed()
  }

  close(): void {
    this.forget()
    this.run?.cancel()
  }

  private device(): DeviceOnBoard {
    const device = this.desk.rooms.devices.devices().find(({ role }) => role === this.role)
    if (device === undefined) throw new Error(`the page of ${this.role}, which this site does not have`)
    return device
  }

  private start(id: string): void {
    if (this.run?.running === true) return
    const found = this.desk.rooms.devices.selfTests(this.role).find(({ test }) => test.id === id)
    if (found === undefined) return
    const run = new TestRun(this.desk, this.role, found.test)
    this.run = run
    this.desk.work(async () => {
      // What came of it is stored by the run itself, and shown from there.
      const { ok } = await run.go()
      this.desk.rooms.log.info('device.tested', { role: this.role, test: id, passed: ok })
    })
  }

  private tests(): TestView[] {
    const { devices, store } = this.desk.rooms
    const stored = mustRead(store, (view) => view.selfTests.latest(this.role))
    return devices.selfTests(this.role).map(({ test }) => {
      const title = text(`selfTest.${this.role}.${test.id}`)
      const before = stored.find((one) => one.test === test.id)
      const running = this.run?.id === test.id ? this.run.now : null
      if (running !== null) return { id: test.id, title, ...running, detail: null, at: null }
      return {
        id: test.id,
        title,
        state: before === undefined ? 'IDLE' : before.passed ? 'PASSED' : 'FAILED',
        words: before === undefined || before.failure === null ? null : text(`selfTest.failed.${before.failure}`),
        detail: before === undefined ? null : measuredWords(before.measured),
        at: before?.at ?? null,
      }
    })
  }
}

/** `readMs 120 · columns 48` */
function measuredWords(measured: Readonly<Record<string, string | number>>): string | null {
  const words = Object.entries(measured).map(([name, value]) => `${name} ${value}`)
  return words.length === 0 ? null : words.join(' · ')
}
