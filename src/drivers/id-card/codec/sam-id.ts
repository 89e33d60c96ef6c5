/**
 * The identity of the security module: 16 bytes holding u16, u16, u32, u32, u32, little-endian. Printed as
 * `05.03-20140101-0001234567-1234567890`; the third number reads as the date of making. Programs in the field disagree
 * on the widths, so the raw bytes travel beside the text.
 */
export interface SamId {
  readonly text: string
  readonly raw: Uint8Array
}

/** @param data the 16 data bytes of the answer to 12 FF */
export function decodeSamId(data: Uint8Array): SamId {
  const view = new DataView(data.buffer, data.byteOffset, 16)
  const digits = (value: number, width: number): string => String(value).padStart(width, '0')
  const maker = `${digits(view.getUint16(0, true), 2)}.${digits(view.getUint16(2, true), 2)}`
  const rest = [
    digits(view.getUint32(4, true), 8),
    digits(view.getUint32(8, true), 10),
    digits(view.getUint32(12, true), 10),
  ]
  return { text: [maker, ...rest].join('-'), raw: new Uint8Array(data.subarray(0, 16)) }
}

/** The bytes of a module identity (for simulators and tests). */
export function encodeSamId(parts: readonly [number, number, number, number, number]): Uint8Array {
  const data = new Uint8Array(16)
  const view = new DataView(data.buffer)
  view.setUint16(0, parts[0], true)
  view.setUint16(2, parts[1], true)
  view.setUint32(4, parts[2], true)
  view.setUint32(8, parts[3], true)
  view.setUint32(12, parts[4], true)
  return data
}
