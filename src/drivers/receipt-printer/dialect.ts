import type { ReceiptPrinterProfile } from './profile.ts'

/**
 * The command bytes that differ between makers. They come from receiptline's command sets (Apache-2.0), which know
 * which maker wants `ESC E 1` and which `ESC E "1"`; decision 0002 tells why only these are taken from it.
 */
export interface Dialect {
  /** ESC @ and everything reset to plain text at the left edge. */
  readonly begin: Uint8Array
  /** Emphasis, inversion and size off. */
  readonly plain: Uint8Array
  readonly bold: Uint8Array
  readonly inverse: Uint8Array
  /** GS ! – both the Latin and the Chinese characters; FS ! is not used, makers disagree about its bits. */
  size(widthScale: 1 | 2, heightScale: 1 | 2): Uint8Array
  align(side: 'left' | 'center'): Uint8Array
  readonly lineFeed: Uint8Array
  /** Feed to the cutter and cut, leaving a bridge of paper where the cutter can. */
  readonly cut: Uint8Array
}

/** Loads the command set of a dialect (15 ms the first time, so not before the first print). */
export async function loadDialect(name: ReceiptPrinterProfile['dialect'], columns: number): Promise<Dialect> {
  const { commands } = (await import('receiptline')).default
  const set = Object.create(commands[name]) as (typeof commands)[typeof name]
  const begin = set.open({ cpl: columns, encoding: 'gb18030', spacing: true, upsideDown: false, cutting: true })
  return {
    begin: binary(begin),
    plain: binary(set.normal()),
    bold: binary(set.em()),
    inverse: binary(set.iv()),
    size: (widthScale, heightScale) => binary(set.wh((widthScale - 1) | ((heightScale - 1) << 1))),
    align: (side) => binary(set.align(side === 'left' ? 0 : 1)),
    lineFeed: binary(set.lf()),
    cut: binary(set.cut()),
  }
}

/** receiptline builds commands as strings of bytes. */
function binary(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}
