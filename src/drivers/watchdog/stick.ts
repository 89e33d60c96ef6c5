import type { Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { Conversation } from '../conversation.ts'
import type { Transport } from '../transport/transport.ts'
import { encodeKick, LONGEST_TIMEOUT_SECONDS, STICK_QUERY, STICK_RESET_NOW, StickStream } from './stick-codec.ts'
import type { WatchdogFault, WatchdogTimer } from './timer.ts'

const ANSWER_MS = 500
const WRITE_MS = 500
const ATTEMPTS = 2

/** The USB stick. Unverified on hardware. It cannot be stopped: an orderly stop gives it its longest time, 21 minutes. */
export class StickWatchdog implements WatchdogTimer {
  private readonly line: Conversation<'alive'>
  private readonly timeoutSeconds: number

  /** @param timeoutSeconds 120 to 1270; shorter than a boot would start the computer anew for ever */
  constructor(transport: Transport, clock: Clock, timeoutSeconds: number) {
    this.line = new Conversation(transport, clock, new StickStream())
    this.timeoutSeconds = timeoutSeconds
  }

  /** Asks whether it lives: a stick that does not answer must not be believed in. */
  async start(): Promise<Result<void, WatchdogFault>> {
    const lives = await this.alive()
    return lives.ok ? this.kick() : lives
  }

  kick(): Promise<Result<void, WatchdogFault>> {
    return this.tell(encodeKick(this.timeoutSeconds))
  }

  async stop(): Promise<Result<void, WatchdogFault>> {
    const told = await this.tell(encodeKick(LONGEST_TIMEOUT_SECONDS))
    await this.line.close()
    return told
  }

  async alive(): Promise<Result<void, WatchdogFault>> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const opened = await this.line.open()
      if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
      const heard = await this.line.ask(STICK_QUERY, ANSWER_MS, () => true)
      if (heard === 'LINE_LOST') return err({ code: 'PORT', cause: { code: 'LOST', detail: 'the line was lost' } })
      if (heard !== 'SILENCE') return ok()
    }
    await this.line.close()
    return err({ code: 'NO_ANSWER' })
  }

  /** Starts the computer anew at once. Only a person at the command line may ask for this. */
  resetNow(): Promise<Result<void, WatchdogFault>> {
    return this.tell(STICK_RESET_NOW)
  }

  close(): Promise<void> {
    return this.line.close()
  }

  private async tell(bytes: Uint8Array): Promise<Result<void, WatchdogFault>> {
    const opened = await this.line.open()
    if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
    const written = await this.line.write(bytes, WRITE_MS)
    return written.ok ? ok() : err({ code: 'PORT', cause: written.error })
  }
}
