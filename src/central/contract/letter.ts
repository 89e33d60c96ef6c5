import { z } from 'zod'
import { printResultReport } from './endorsement.ts'
import { endorsementNo } from './fields.ts'
import { idempotencyKey } from './routes.ts'
import { eventReport, ratingRequest } from './station.ts'

/**
 * What the outbox carries to the centre. Each letter is written in the transaction of the fact it reports and holds all
 * that is needed to send it days later, over the network or in a parcel; none holds a name or a number of a person.
 */
export const Letter = z.discriminatedUnion('kind', [
  /** What happened on paper with one authorization. */
  z.object({ kind: z.literal('print-result'), endorsementNo, report: printResultReport }),
  /**
   * We asked for an authorization under `key` and never learnt the answer, so nothing was printed with it: whatever was
   * granted is given back and does not block the vehicle anywhere.
   */
  z.object({ kind: z.literal('withdraw-request'), key: idempotencyKey, at: z.int() }),
  z.object({ kind: z.literal('event'), report: eventReport }),
  z.object({ kind: z.literal('rating'), rating: ratingRequest }),
])
export type Letter = z.infer<typeof Letter>
