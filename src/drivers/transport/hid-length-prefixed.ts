import { framingOfLayout } from './hid-layout.ts'

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
export const lengthPrefixed64 = framingOfLayout({
  reportId: 0,
  reportBytes: 64,
  lengthAt: 0,
  dataAt: 1,
  sendNext: 0xff,
})
