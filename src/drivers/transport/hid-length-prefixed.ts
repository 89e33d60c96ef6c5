import type { HidFraming, ReportMeaning } from './hid-framing.ts'

/**
 * 64-byte reports without report ids, as one USB ID card reader (`0483:572B`) has them. Known from one open program, not
 * from a manual, and not verified on hardware.
 *
 * | byte  | content                                                                     |
 * | ----- | --------------------------------------------------------------------------- |
 * | 0     | 01…3F: so many payload bytes follow; FF: "send next", to either side        |
 * | 1..63 | payload, then padding                                                       |
 *
 * A longer message is cut into full reports and a rest; each report is answered with FF before the next one may come.
 * Nothing marks the end of a message: the frames inside (here those of the security module) know their own length.
 */
export const lengthPrefixed64: HidFraming = {
  paced: true,
  encode,
  decoder: () => ({ take }),
}

const PAYLOAD_BYTES = 63
const SEND_NEXT = 0xff
const NO_REPORT_ID = 0x00

function encode(bytes: Uint8Array): Uint8Array[] {
  const reports: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += PAYLOAD_BYTES) {
    const payload = bytes.subarray(at, at + PAYLOAD_BYTES)
    reports.push(outputReport(payload.length, payload))
  }
  return reports
}

function take(report: Uint8Array): ReportMeaning {
  const length = report[0] ?? 0
  if (length === SEND_NEXT) return { kind: 'send-next' }
  if (length === 0 || length > PAYLOAD_BYTES || report.length < 1 + length) return { kind: 'nothing' }
  const acknowledgement = outputReport(SEND_NEXT, new Uint8Array(0))
  return { kind: 'bytes', bytes: report.slice(1, 1 + length), acknowledgement }
}

function outputReport(firstByte: number, payload: Uint8Array): Uint8Array {
  const report = new Uint8Array(2 + PAYLOAD_BYTES)
  report.set([NO_REPORT_ID, firstByte])
  report.set(payload, 2)
  return report
}
