import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import type { HidFraming, ReportMeaning } from './hid-framing.ts'

/**
 * How a device carries bytes in HID reports, as data: a model nobody has written code for is described in the site file
 * or in its address, with the vendor's manual beside it. Positions count from the first byte behind the report id.
 */
export const hidLayout = z
  .strictObject({
    reportId: z.int().min(0).max(255).describe('Number of the reports in both directions; 0: they are not numbered.'),
    reportBytes: z.int().min(2).max(1024).describe('Length of a report without its id.'),
    lengthAt: z
      .int()
      .min(0)
      .max(15)
      .optional()
      .describe('Where the number of payload bytes stands; absent: every report is full.'),
    dataAt: z.int().min(0).max(16).describe('Where the payload begins.'),
    sendNext: z
      .int()
      .min(1)
      .max(255)
      .optional()
      .describe('Value in place of the length by which either side asks for the next report.'),
  })
  .refine((layout) => layout.lengthAt === undefined || layout.lengthAt < layout.dataAt, {
    message: 'lengthAt must lie before dataAt',
  })
  .refine((layout) => layout.dataAt < layout.reportBytes, { message: 'dataAt must lie inside the report' })
  .refine((layout) => layout.sendNext === undefined || layout.lengthAt !== undefined, {
    message: 'sendNext stands in place of the length, so it needs lengthAt',
  })
  .refine((layout) => layout.sendNext === undefined || layout.sendNext > payloadBytes(layout), {
    message: 'sendNext would be taken for a length',
  })
  .refine((layout) => layout.lengthAt === undefined || payloadBytes(layout) <= 255, {
    message: 'a length is one byte: a report with one carries at most 255 payload bytes',
  })

export interface HidLayout {
  readonly reportId: number
  readonly reportBytes: number
  readonly lengthAt?: number | undefined
  readonly dataAt: number
  readonly sendNext?: number | undefined
}

function payloadBytes(layout: HidLayout): number {
  return layout.reportBytes - layout.dataAt
}

/** The framing `layout` describes. It must have passed `hidLayout`. */
export function framingOfLayout(layout: HidLayout): HidFraming {
  return {
    paced: layout.sendNext !== undefined,
    encode: (bytes) => {
      const size = payloadBytes(layout)
      return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => {
        const payload = bytes.subarray(at * size, (at + 1) * size)
        return outputReport(layout, payload.length, payload)
      })
    },
    decoder: () => ({ take: (report) => meaningOf(layout, report) }),
  }
}

function meaningOf(layout: HidLayout, report: Uint8Array): ReportMeaning {
  const { reportId, lengthAt, dataAt, sendNext } = layout
  if (reportId !== 0 && report[0] !== reportId) return { kind: 'nothing' }
  const body = reportId === 0 ? report : report.subarray(1)
  if (lengthAt === undefined) {
    return body.length > dataAt ? { kind: 'bytes', bytes: body.slice(dataAt) } : { kind: 'nothing' }
  }
  const length = body[lengthAt] ?? 0
  if (sendNext !== undefined && length === sendNext) return { kind: 'send-next' }
  if (length === 0 || length > payloadBytes(layout) || body.length < dataAt + length) return { kind: 'nothing' }
  const bytes = body.slice(dataAt, dataAt + length)
  if (sendNext === undefined) return { kind: 'bytes', bytes }
  return { kind: 'bytes', bytes, acknowledgement: outputReport(layout, sendNext, new Uint8Array(0)) }
}

function outputReport(layout: HidLayout, length: number, payload: Uint8Array): Uint8Array {
  const report = new Uint8Array(1 + layout.reportBytes)
  report[0] = layout.reportId
  if (layout.lengthAt !== undefined) report[1 + layout.lengthAt] = length
  report.set(payload, 1 + layout.dataAt)
  return report
}

const NAMES = {
  'report-id': 'reportId',
  bytes: 'reportBytes',
  'length-at': 'lengthAt',
  'data-at': 'dataAt',
  'send-next': 'sendNext',
} as const satisfies Record<string, keyof HidLayout>

/** A layout as it stands in an address: `report-id:0,bytes:64,length-at:0,data-at:1,send-next:255`, all decimal. */
export function formatHidLayout(layout: HidLayout): string {
  return Object.entries(NAMES)
    .filter(([, field]) => layout[field] !== undefined)
    .map(([name, field]) => `${name}:${layout[field]}`)
    .join(',')
}

/** Reads what `formatHidLayout` writes; the error says what is wrong with it. */
export function parseHidLayout(text: string): Result<HidLayout, string> {
  const fields: Record<string, number> = {}
  for (const item of text.split(',')) {
    const [, name = '', value = ''] = /^([a-z-]+):(\d{1,4})$/.exec(item) ?? []
    const field = name in NAMES ? NAMES[name as keyof typeof NAMES] : undefined
    if (field === undefined) return err(`"${item}" is not one of ${Object.keys(NAMES).join(', ')} with a number`)
    fields[field] = Number(value)
  }
  const layout = hidLayout.safeParse(fields)
  return layout.success ? ok(layout.data) : err(z.prettifyError(layout.error))
}
