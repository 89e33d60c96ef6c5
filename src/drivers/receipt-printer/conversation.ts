import type { Clock } from '../../lib/clock.ts'
import { Conversation } from '../conversation.ts'
import type { Transport } from '../transport/transport.ts'
import { AnswerParser, type Answer } from './codec.ts'
import { foldAutomatic, type PrinterState } from './status.ts'

/** The line to a receipt printer, which pushes its state unasked at any time; the last push is kept. */
export class PrinterConversation extends Conversation<Answer> {
  /** The state last pushed by the printer since the line was opened. */
  automatic: PrinterState | undefined

  constructor(transport: Transport, clock: Clock) {
    super(transport, clock, new AnswerParser())
    this.hearAll((answer) => {
      if (answer.kind === 'automatic') this.automatic = foldAutomatic(answer.bytes)
    })
  }

  protected override forget(): void {
    super.forget()
    this.automatic = undefined
  }
}
