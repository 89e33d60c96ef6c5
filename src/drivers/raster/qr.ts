import qrcode from 'qrcode-generator'
import { Bitmap } from './bitmap.ts'

/** Error correction of a QR symbol: L 7 %, M 15 %, Q 25 %, H 30 % (GB/T 18284, ISO/IEC 18004). */
export type QrLevel = 'L' | 'M' | 'Q' | 'H'

/**
 * A QR Code model 2 symbol in byte mode, one dot per module, without quiet zone; the smallest version that holds the
 * data. Throws when the data exceeds version 40: the receipt schema limits it far below that.
 */
export function qrSymbol(data: Uint8Array, level: QrLevel): Bitmap {
  const code = qrcode(0, level)
  code.addData(Buffer.from(data).toString('latin1'), 'Byte')
  code.make()
  const size = code.getModuleCount()
  const symbol = new Bitmap(size, size)
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (code.isDark(y, x)) symbol.ink(x, y)
  return symbol
}
