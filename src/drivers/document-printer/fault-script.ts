import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'

const count = z.int().min(0)
/** Which jobs a fault meets: not the first `skip`, then `times` of them (all when absent). */
const when = { skip: count.optional(), times: z.int().min(1).optional() }

/** What goes wrong with a simulated document printer; the shape of all fault scripts (docs/devices/fault-scripts.md). */
const DocumentPrinterFaultScript = z.strictObject({
  faults: z
    .array(
      z.discriminatedUnion('kind', [
        /** The printer reports these keywords while a job waits; the job goes on when `mend` is called. */
        z.strictObject({ ...when, kind: z.literal('trouble'), reasons: z.array(z.string().max(60)).min(1).max(8) }),
        /** The job ends with `aborted`, as when a filter fails. */
        z.strictObject({ ...when, kind: z.literal('aborted') }),
        /** The job stays in `processing` for ever. */
        z.strictObject({ ...when, kind: z.literal('stuck') }),
        /** Trouble that shows only after the job is "completed". */
        z.strictObject({
          ...when,
          kind: z.literal('trouble-after'),
          reasons: z.array(z.string().max(60)).min(1).max(8),
        }),
        /** Print-Job is refused with this IPP status. */
        z.strictObject({ ...when, kind: z.literal('refused'), status: z.int().min(0x0400).max(0x05ff) }),
        /** Print-Job is taken, and the answer never comes. */
        z.strictObject({ ...when, kind: z.literal('no-reply') }),
        /** The connection is cut after so many bytes of the answer to Print-Job. */
        z.strictObject({ ...when, kind: z.literal('hang-up'), at: count }),
      ]),
    )
    .optional(),
  /** What the printer reports from the beginning, whatever is printed. */
  reasons: z.array(z.string().max(60)).max(8).optional(),
  /** Percent of toner left, -1 where the printer does not know. */
  toner: z.int().min(-3).max(100).optional(),
})
export type DocumentPrinterFaultScript = z.infer<typeof DocumentPrinterFaultScript>
export type DocumentPrinterFaultEntry = NonNullable<DocumentPrinterFaultScript['faults']>[number]

/** Checks a fault script read from a JSON file; the error names the path and the reason. */
export function parseDocumentPrinterFaults(
  json: unknown,
): Result<DocumentPrinterFaultScript, { code: 'BAD_FAULT'; detail: string }> {
  const parsed = DocumentPrinterFaultScript.safeParse(json)
  return parsed.success ? ok(parsed.data) : err({ code: 'BAD_FAULT', detail: z.prettifyError(parsed.error) })
}
