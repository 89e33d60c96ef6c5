import type { ReactElement } from 'react'
import { useSay } from '../text/say.ts'
import type { Shift } from './shift.ts'

interface CalibrationPictureProps {
  readonly pageMm: { readonly width: number; readonly height: number }
  readonly shift: Shift
}

/** The shift is a few tenths of a millimetre: it is drawn this many times as large, and no further than `FARTHEST` mm. */
export const EXAGGERATION = 8
const FARTHEST = 18

/**
 * The page to scale (one unit is one millimetre) with one row where it should be (dashed) and where it is moved to
 * (solid). Right and down are positive.
 */
export function CalibrationPicture({ pageMm, shift }: CalibrationPictureProps): ReactElement {
  const say = useSay()
  const { width, height } = pageMm
  const row = { x: width * 0.16, y: height * 0.4, width: width * 0.68, height: Math.min(14, height * 0.16) }
  const dx = drawn(shift.dxMm)
  const dy = drawn(shift.dyMm)
  const middle = { x: row.x + row.width / 2, y: row.y + row.height / 2 }
  return (
    <svg
      className="calibration-picture"
      viewBox={`-3 -3 ${width + 6} ${height + 6}`}
      role="img"
      aria-label={say('console.calibration.picture')}
      data-picture="paper"
    >
      <rect className="cal__page" width={width} height={height} rx="1" />
      <Ruler length={width} />
      <g transform="scale(-1 1) rotate(90)">
        <Ruler length={height} />
      </g>
      <rect className="cal__nominal" {...row} />
      <g transform={`translate(${dx} ${dy})`}>
        <rect className="cal__moved" {...row} />
        <path
          className="cal__lines"
          d={`M${row.x + 4} ${row.y + row.height * 0.36}h${row.width * 0.6}M${row.x + 4} ${row.y + row.height * 0.7}h${row.width * 0.45}`}
        />
      </g>
      {(dx !== 0 || dy !== 0) && <Arrow from={middle} to={{ x: middle.x + dx, y: middle.y + dy }} />}
    </svg>
  )
}

/** Marks every five millimetres along the upper edge, longer ones every ten. */
function Ruler({ length }: { readonly length: number }): ReactElement {
  const marks = Array.from(
    { length: Math.floor(length / 5) + 1 },
    (_, index) => `M${index * 5} 0v${index % 2 === 0 ? 4 : 2}`,
  )
  return <path className="cal__ruler" d={marks.join('')} />
}

interface Point {
  readonly x: number
  readonly y: number
}

function Arrow({ from, to }: { readonly from: Point; readonly to: Point }): ReactElement {
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI
  return (
    <g className="cal__arrow">
      <circle cx={from.x} cy={from.y} r="0.9" />
      <path d={`M${from.x} ${from.y}L${to.x} ${to.y}`} />
      <path transform={`translate(${to.x} ${to.y}) rotate(${angle})`} d="M-2.6 -1.7L0 0L-2.6 1.7" />
    </g>
  )
}

function drawn(mm: number): number {
  return Math.max(-FARTHEST, Math.min(FARTHEST, mm * EXAGGERATION))
}
