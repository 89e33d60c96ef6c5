import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { TransportListeners } from '../transport/listeners.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import { KEYS_LOST } from './protocol/keyboard-wedge.ts'
import { DEFAULT_WEDGE_RULES, WedgeAssembler, type WedgeHeard, type WedgeKey, type WedgeRules } from './wedge.ts'

const CR = 0x0d
/** A burst that has paused this long will not go on. */
const PAUSE_MS = 200

/**
 * The line of a scanner in keyboard mode: the kiosk feeds it the keys that the page caught, and each code comes out of it
 * as a serial scanner would send it. Give it to `Scanner` with the protocol `keyboard-wedge`.
 */
export class KeyboardSource implements Transport {
  readonly name = 'keyboard'
  private readonly clock: Clock
  private readonly listeners = new TransportListeners()
  private readonly assembler: WedgeAssembler
  private cancelPause: CancelTimer = () => undefined
  private isOpen = false

  constructor(clock: Clock, rules: WedgeRules = DEFAULT_WEDGE_RULES) {
    this.clock = clock
    this.assembler = new WedgeAssembler(rules)
  }

  /** A key that the page caught; without effect while closed. */
  feed(key: WedgeKey): void {
    if (!this.isOpen) return
    this.cancelPause()
    this.pass(this.assembler.take(key))
    if (!this.assembler.midCode) return
    this.cancelPause = this.clock.setTimer(PAUSE_MS, () => this.pass(this.assembler.endBySilence()))
  }

  open(): Promise<Result<void, TransportError>> {
    this.isOpen = true
    return Promise.resolve(ok())
  }

  write(): Promise<Result<void, TransportError>> {
    return Promise.resolve(err({ code: 'REFUSED', detail: 'a scanner in keyboard mode takes no bytes' }))
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.listeners.onBytes(listener)
  }

  onGone(listener: (why: TransportError) => void): () => void {
    return this.listeners.onGone(listener)
  }

  close(): Promise<void> {
    this.isOpen = false
    this.cancelPause()
    this.assembler.endBySilence()
    return Promise.resolve()
  }

  private pass(heard: WedgeHeard | undefined): void {
    if (heard === undefined) return
    const bytes = heard.kind === 'code' ? Buffer.from(heard.text, 'utf8') : Uint8Array.of(KEYS_LOST)
    this.listeners.bytes(Uint8Array.of(...bytes, CR))
  }
}
