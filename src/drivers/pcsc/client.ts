import type { Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { Conversation } from '../conversation.ts'
import type { Transport, TransportError } from '../transport/transport.ts'
import { PcscAnswerStream } from './answer-stream.ts'
import {
  APDU_AT,
  CONNECTED,
  CONTEXT_AT,
  decodeReaders,
  encodeQuestion,
  LEAVE_CARD,
  MAX_ANSWER_BYTES,
  numberAt,
  PROTOCOL,
  PROTOCOL_T0,
  PROTOCOL_T1,
  RESET_CARD,
  returnValue,
  SHARE_EXCLUSIVE,
  type PcscCommand,
  type ReaderState,
} from './message.ts'
import { faultOf, type CardFault } from './return-value.ts'

export type PcscFault =
  /** pcscd does not run, or lets us not in. */
  | { readonly code: 'PORT'; readonly cause: TransportError }
  /** pcscd speaks another protocol; `version` is its own. */
  | { readonly code: 'VERSION'; readonly version: string }
  | { readonly code: 'TIMED_OUT' }
  | { readonly code: CardFault }

/** A card that is powered and held for us alone. */
export interface HeldCard {
  readonly handle: number
  readonly protocol: number
}

const QUICK_MS = 2000
/** Powering a card and telling it the protocol. */
const CONNECT_MS = 5000
/** A card may ask for more time while it computes. */
const TRANSMIT_MS = 5000

/**
 * A client of pcscd. It connects and makes its context when first needed, and makes it anew after pcscd was restarted;
 * an answer that does not come in time costs the connection, because a late one could not be told from the next.
 * Not safe for two callers at once: `IcCardReader` holds the lock.
 */
export class PcscClient {
  private readonly line: Conversation<Uint8Array>
  private readonly stream = new PcscAnswerStream()
  private context: number | undefined

  constructor(transport: Transport, clock: Clock) {
    this.line = new Conversation(transport, clock, this.stream)
    transport.onGone(() => (this.context = undefined))
  }

  /** The readers pcscd knows, and whether a card is in them. */
  async readers(): Promise<Result<readonly ReaderState[], PcscFault>> {
    const context = await this.ready()
    if (!context.ok) return context
    const answer = await this.ask('getReadersState', [], QUICK_MS)
    return answer.ok ? ok(decodeReaders(answer.value)) : answer
  }

  /** Powers the card in `reader` and shuts everybody else out. */
  async hold(reader: string): Promise<Result<HeldCard, PcscFault>> {
    const context = await this.ready()
    if (!context.ok) return context
    const fields = [context.value, reader, SHARE_EXCLUSIVE, PROTOCOL_T0 | PROTOCOL_T1, 0, 0, 0]
    const answer = await this.call('connect', fields, CONNECT_MS)
    if (!answer.ok) return answer
    const card = {
      handle: numberAt(answer.value, CONNECTED.card),
      protocol: numberAt(answer.value, CONNECTED.protocol),
    }
    const begun = await this.call('beginTransaction', [card.handle, 0], QUICK_MS)
    if (begun.ok) return ok(card)
    await this.letGo(card)
    return begun
  }

  /** Sends one APDU as it is. @returns the answer with its status word */
  async transmit(card: HeldCard, apdu: Uint8Array): Promise<Result<Uint8Array, PcscFault>> {
    const pci = [card.protocol, 8]
    const fields = [card.handle, ...pci, apdu.length, ...pci, MAX_ANSWER_BYTES, 0]
    const answer = await this.call('transmit', fields, TRANSMIT_MS, apdu)
    return answer.ok ? ok(answer.value.subarray(APDU_AT)) : answer
  }

  /** Ends the transaction, resets the card and lets others in. What goes wrong here does not matter any more. */
  async letGo(card: HeldCard): Promise<void> {
    if (!this.isReady()) return
    const ended = await this.call('endTransaction', [card.handle, LEAVE_CARD, 0], QUICK_MS)
    if (!ended.ok && !this.isReady()) return
    const disconnected = await this.call('disconnect', [card.handle, RESET_CARD, 0], QUICK_MS)
    if (!disconnected.ok && disconnected.error.code === 'FAILED') await this.drop()
  }

  async close(): Promise<void> {
    if (this.context !== undefined) {
      const released = await this.call('releaseContext', [this.context, 0], QUICK_MS)
      // The socket's end releases it as well.
      if (!released.ok) this.context = undefined
    }
    await this.drop()
  }

  private isReady(): boolean {
    return this.context !== undefined
  }

  /** The context, made where there is none; a daemon that has died in between is tried once more. */
  private async ready(): Promise<Result<number, PcscFault>> {
    if (this.context !== undefined) return ok(this.context)
    const opened = await this.line.open()
    if (!opened.ok) return err({ code: 'PORT', cause: opened.error })
    const greeted = await this.ask('version', [PROTOCOL.major, PROTOCOL.minor, 0], QUICK_MS)
    if (!greeted.ok) return greeted
    if (returnValue('version', greeted.value) !== 0) {
      const version = `${numberAt(greeted.value, 0)}:${numberAt(greeted.value, 4)}`
      await this.drop()
      return err({ code: 'VERSION', version })
    }
    const established = await this.call('establishContext', [SCOPE_SYSTEM, 0, 0], QUICK_MS)
    if (!established.ok) return established
    this.context = numberAt(established.value, CONTEXT_AT)
    return ok(this.context)
  }

  /** Asks and looks at the return value. */
  private async call(
    command: PcscCommand,
    fields: readonly (number | string)[],
    ms: number,
    tail?: Uint8Array,
  ): Promise<Result<Uint8Array, PcscFault>> {
    const answer = await this.ask(command, fields, ms, tail)
    if (!answer.ok) return answer
    const value = returnValue(command, answer.value)
    if (value === 0) return answer
    const code = faultOf(value)
    if (code === 'NO_SERVICE') await this.drop()
    return err({ code })
  }

  private async ask(
    command: PcscCommand,
    fields: readonly (number | string)[],
    ms: number,
    tail?: Uint8Array,
  ): Promise<Result<Uint8Array, PcscFault>> {
    this.stream.expect(command)
    const heard = await this.line.ask(encodeQuestion(command, fields, tail), ms, (answer) => answer)
    if (heard === 'LINE_LOST') {
      await this.drop()
      return err({ code: 'PORT', cause: { code: 'LOST', detail: 'pcscd hung up' } })
    }
    if (heard === 'SILENCE') {
      await this.drop()
      return err({ code: 'TIMED_OUT' })
    }
    return ok(heard.heard)
  }

  private async drop(): Promise<void> {
    this.context = undefined
    await this.line.close()
  }
}

const SCOPE_SYSTEM = 2
