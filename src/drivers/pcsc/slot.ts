import type { Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport } from '../transport/transport.ts'
import { PcscClient, type PcscFault } from './client.ts'
import type { ReaderState } from './message.ts'

/** A held card: one command, one answer with its two status bytes. */
export interface CardChannel {
  transmit(apdu: Uint8Array): Promise<Result<Uint8Array, PcscFault>>
}

export type SlotFault = PcscFault | { readonly code: 'NO_READER' }

/**
 * One reader behind pcscd, whatever is made of the cards in it. Not safe for two callers at once: its owner holds the lock.
 */
export class CardSlot {
  private readonly client: PcscClient
  private readonly wanted: string

  /**
   * @param transport to pcscd; see `unixTransport`
   * @param reader part of the reader's name, where there are several; the first reader when absent
   */
  constructor(transport: Transport, clock: Clock, reader = '') {
    this.client = new PcscClient(transport, clock)
    this.wanted = reader
  }

  /** The reader and whether a card is in it. A pcscd that was restarted hangs up once: it is asked again. */
  async look(): Promise<Result<ReaderState, SlotFault>> {
    let readers = await this.client.readers()
    if (!readers.ok && isRestart(readers.error)) readers = await this.client.readers()
    if (!readers.ok) return readers
    const found = readers.value.find(({ name }) => name.includes(this.wanted))
    return found ? ok(found) : err({ code: 'NO_READER' })
  }

  /** Powers the card in `reader`, holds it for `work` alone, and lets go of it whatever happens. */
  async hold<T, E>(
    reader: ReaderState,
    work: (channel: CardChannel) => Promise<Result<T, E>>,
  ): Promise<Result<T, E | PcscFault>> {
    const card = await this.client.hold(reader.name)
    if (!card.ok) return card
    try {
      return await work({ transmit: (bytes) => this.client.transmit(card.value, bytes) })
    } finally {
      await this.client.letGo(card.value)
    }
  }

  close(): Promise<void> {
    return this.client.close()
  }
}

const isRestart = (fault: PcscFault): boolean =>
  fault.code === 'NO_SERVICE' || (fault.code === 'PORT' && fault.cause.code === 'LOST')
