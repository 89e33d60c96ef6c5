import type { SelfTest } from '../../drivers/self-test.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, type Result } from '../../lib/result.ts'
import type { SelfTestFailure, SelfTestPass } from '../../drivers/self-test.ts'
import type { Desk } from './page.ts'

/** No self-test may take longer, whatever the device does; milliseconds. */
const LONGEST_MS = 180_000

/** One run of one self-test: what it says and asks goes to the screen, how it ended into the store and the audit. */
export class TestRun {
  readonly id: string
  private readonly desk: Desk
  private readonly role: string
  private readonly test: SelfTest
  private readonly stop = new AbortController()
  private words: TextRef | null = null
  private reply: ((yes: boolean) => void) | null = null
  private questions = 0
  running = false

  constructor(desk: Desk, role: string, test: SelfTest) {
    this.desk = desk
    this.role = role
    this.test = test
    this.id = test.id
  }

  /** What to show while it runs; null before and after. */
  get now(): { readonly state: 'RUNNING' | 'ASK'; readonly words: TextRef | null } | null {
    return this.running ? { state: this.reply === null ? 'RUNNING' : 'ASK', words: this.words } : null
  }

  /** Changes with every question, so that one tap answers one of them. */
  get step(): string {
    return `${this.id}/${this.running ? (this.reply === null ? 'run' : `ask-${this.questions}`) : 'over'}`
  }

  answer(yes: boolean): void {
    const { reply } = this
    this.reply = null
    this.words = null
    reply?.(yes)
  }

  /** Breaks it off: it counts as failed. */
  cancel(): void {
    this.stop.abort()
    this.answer(false)
  }

  async go(): Promise<Result<SelfTestPass, SelfTestFailure>> {
    const { clock } = this.desk.rooms
    this.running = true
    this.desk.changed()
    const ended = await withDeadline(clock, LONGEST_MS, (deadline) =>
      this.play(AbortSignal.any([deadline, this.stop.signal])),
    )
    this.running = false
    this.reply = null
    const outcome = this.stop.signal.aborted
      ? err({ key: 'cancelled', detail: 'broken off by the technician' })
      : ended.ok
        ? ended.value
        : err({ key: 'timeOut', detail: `no end after ${LONGEST_MS} ms` })
    this.store(outcome)
    this.desk.changed()
    return outcome
  }

  private async play(signal: AbortSignal): Promise<Result<SelfTestPass, SelfTestFailure>> {
    return this.test.run({
      signal,
      say: (key) => {
        this.words = text(`selfTest.say.${key}`)
        this.desk.changed()
      },
      ask: (key) =>
        new Promise((resolve) => {
          if (signal.aborted) {
            resolve(false)
            return
          }
          this.words = text(`selfTest.ask.${key}`)
          this.questions += 1
          this.reply = resolve
          this.desk.changed()
        }),
    })
  }

  private store(outcome: Result<SelfTestPass, SelfTestFailure>): void {
    const failure = outcome.ok ? null : outcome.error.key
    this.desk.record(
      {
        action: 'device.tested',
        target: `${this.role}/${this.id}`,
        result: outcome.ok ? 'OK' : 'FAILED',
        detail: outcome.ok ? outcome.value.measured : { failure, detail: outcome.error.detail.slice(0, 200) },
      },
      (tx) =>
        tx.selfTests.add({
          role: this.role,
          test: this.id,
          passed: outcome.ok,
          measured: outcome.ok ? outcome.value.measured : {},
          failure,
          staff: this.desk.member.id,
        }),
    )
  }
}
