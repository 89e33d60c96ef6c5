import qrcode from 'qrcode-generator'
import { useMemo, type ReactElement } from 'react'

/** A QR code of `value` with its quiet zone of four modules (ISO/IEC 18004), always dark on white. */
export function QrCode({ value, label }: { readonly value: string; readonly label: string }): ReactElement {
  const { path, size } = useMemo(() => drawQr(value), [value])
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect className="qr__ground" width={size} height={size} />
      <path className="qr__ink" d={path} />
    </svg>
  )
}

const QUIET = 4

/**
 * Size in modules and the dark modules as one path. UTF-8 (the encoder takes one byte for each character of its input),
 * error correction M; the version grows with the text.
 */
export function drawQr(value: string): { path: string; size: number } {
  const code = qrcode(0, 'M')
  code.addData(String.fromCharCode(...new TextEncoder().encode(value)), 'Byte')
  code.make()
  const count = code.getModuleCount()
  let path = ''
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++)
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`
  return { path, size: count + 2 * QUIET }
}
