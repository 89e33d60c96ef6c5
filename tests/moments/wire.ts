import { HttpVoice } from '../../src/central/client/http-voice.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { err } from '../../src/lib/result.ts'

/**
 * The wire to the centre, watched from the kiosk's end: calls run over real sockets, so simulated time must stand still
 * while one is under way. `silent` loses questions without a word, as a cable pulled behind the switch does.
 */
export class Wire {
  silent = false
  private readonly clock: Clock
  private readonly dead = new WeakSet<HttpVoice>()
  private readonly voices = new Set<HttpVoice>()
  /** The kiosk's own way of asking, found under its name so that it can be put back. */
  private readonly own = Object.getOwnPropertyDescriptor(HttpVoice.prototype, 'exchange')?.value as (
    this: HttpVoice,
    ...args: Parameters<HttpVoice['exchange']>
  ) => ReturnType<HttpVoice['exchange']>
  private calls = 0

  constructor(clock: Clock) {
    this.clock = clock
    // The class is patched for as long as this wire lives: one wire in one test at a time.
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the patched method needs both
    const wire = this
    HttpVoice.prototype.exchange = function (this: HttpVoice, ...args) {
      wire.voices.add(this)
      return wire.carry(this, args)
    }
  }

  get isBusy(): boolean {
    return this.calls > 0
  }

  /** The kiosk has died: what it has asked or will ask is not answered to it. */
  sever(): void {
    for (const voice of this.voices) this.dead.add(voice)
    this.voices.clear()
  }

  remove(): void {
    HttpVoice.prototype.exchange = this.own
  }

  private async carry(voice: HttpVoice, args: Parameters<HttpVoice['exchange']>): ReturnType<HttpVoice['exchange']> {
    if (this.dead.has(voice)) return err({ code: 'UNREACHABLE', detail: 'DEAD' })
    if (this.silent) return this.timeOut(args[1])
    this.calls++
    const answer = await this.own.apply(voice, args).finally(() => this.calls--)
    if (this.dead.has(voice)) return err({ code: 'UNREACHABLE', detail: 'DEAD' })
    return this.isSilent() ? this.timeOut(args[1]) : answer
  }

  /** Asked anew, since the compiler believes that nothing changes while we wait. */
  private isSilent(): boolean {
    return this.silent
  }

  private timeOut(deadlineMs: number): ReturnType<HttpVoice['exchange']> {
    return new Promise((resolve) => {
      this.clock.setTimer(deadlineMs, () => resolve(err({ code: 'TIMED_OUT', afterMs: deadlineMs })))
    })
  }
}
