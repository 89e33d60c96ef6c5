import { qrSymbol } from '../../drivers/raster/qr.ts'

/** Quiet zone of a QR Code symbol, in modules (GB/T 18284, ISO/IEC 18004 section 9.1). */
const QUIET = 4

/** A QR symbol as SVG without a size of its own: the style sheet gives it one in millimetres. Sharp at any resolution. */
export function qrPicture(text: string): string {
  const symbol = qrSymbol(new TextEncoder().encode(text), 'M')
  const size = symbol.width + 2 * QUIET
  let path = ''
  for (let y = 0; y < symbol.height; y++)
    for (let x = 0; x < symbol.width; x++) if (symbol.dot(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`
  return `<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path d="${path}"/></svg>`
}
