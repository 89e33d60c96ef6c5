import type { Clock } from '../../lib/clock.ts'
import { Conversation } from '../conversation.ts'
import type { Transport } from '../transport/transport.ts'
import { AnswerParser, type Answer } from './codec.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { foldAutomatic, type PrinterState } from './status.ts'

/** The line to a receipt printer, which pushes its state unasked at any time; the last push is kept. */
export class PrinterConversation extends Conversation<Answer> {
  /** The state last pushed by the printer since the line was opened. */
  automatic: PrinterState | undefined

  private readonly profile: ReceiptPrinterProfile

  constructor(transport: Transport, clock: Clock, profile: ReceiptPrinterProfile) {
    super(transport, clock, new AnswerParser(profile.presenter !== 'none'))
    this.profile = profile
    this.hearAll((answer) => {
      if (answer.kind === 'automatic') this.automatic = this.believed(foldAutomatic(answer.bytes))
    })
  }

  /** A model without a near-end sensor cannot mean it: some let those bits float. */
  believed(state: PrinterState): PrinterState {
    return state === 'PAPER_LOW' && !this.profile.nearEndSensor ? 'READY' : state
  }

  protected override forget(): void {
    super.forget()
    this.automatic = undefined
  }
}
