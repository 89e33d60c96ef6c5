import type { HidFraming } from './hid-framing.ts'

/** What one output report carries; full-speed interrupt endpoints take no more. */
const REPORT_BYTES = 64
const NO_REPORT_ID = 0x00

/** Reports as they are: for finding out with a vendor's manual what a device says. Ours are padded with zeros. */
export const rawReports: HidFraming = {
  paced: false,
  encode(bytes) {
    const reports: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += REPORT_BYTES) {
      const report = new Uint8Array(1 + REPORT_BYTES)
      report[0] = NO_REPORT_ID
      report.set(bytes.subarray(at, at + REPORT_BYTES), 1)
      reports.push(report)
    }
    return reports
  },
  decoder: () => ({ take: (report) => ({ kind: 'bytes', bytes: report }) }),
}
