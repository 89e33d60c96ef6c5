import type { ReactElement } from 'react'
import type { RowPreview } from '../../ipc/snapshot.ts'
import { printedLines } from '../parts/printed-lines.ts'
import { useSay } from '../text/say.ts'

/** Height of the shown part of the page, as a share of its width: the row and its neighbours, large enough to read. */
const PART = 0.37

/**
 * The part of the review-record page where the row will be printed: one unit of the drawing is one millimetre. It is a
 * picture of paper, so its type is as small as on paper; the same words stand in reading size beside it.
 */
export function RecordPage({ preview }: { readonly preview: RowPreview }): ReactElement {
  const say = useSay()
  const { pageWidthMm: width, pageHeightMm: height, rows, row, firstRowTopMm, rowPitchMm } = preview
  const margin = Math.min(6, width * 0.05)
  const top = (index: number): number => firstRowTopMm + (index - 1) * rowPitchMm
  const part = Math.max(width * PART, rowPitchMm * 1.25)
  const middle = top(row) + rowPitchMm / 2
  const from = middle - part / 2
  const words = printedLines(preview.fields).join('，')
  return (
    <svg
      className="record-page"
      viewBox={`-2 ${from} ${width + 4} ${part}`}
      preserveAspectRatio="xMidYMid slice"
      role="img"
      aria-label={say('confirm.picture', { row, text: words })}
      data-picture="paper"
    >
      <rect className="r-cover" x="-2" y="-2" width={width + 4} height={height + 4} rx="2.4" />
      <rect className="r-page" x="0" y="0" width={width} height={height} rx="1" />
      {firstRowTopMm > 8 && (
        <text
          className="r-title"
          x={width / 2}
          y={firstRowTopMm * 0.62}
          fontSize={Math.min(5, firstRowTopMm * 0.36)}
          textAnchor="middle"
        >
          {say('confirm.recordPage')}
        </text>
      )}
      {Array.from({ length: rows }, (_, index) => index + 1).map((index) => (
        <rect
          key={index}
          className={index === row ? 'r-row r-row--now' : 'r-row'}
          x={margin}
          y={top(index)}
          width={width - 2 * margin}
          height={rowPitchMm}
        />
      ))}
      {Array.from({ length: row - 1 }, (_, index) => index + 1).map((index) => (
        <path
          key={index}
          className="r-old"
          d={`M${margin + 3} ${top(index) + rowPitchMm * 0.34} h${width * 0.5} M${margin + 3} ${top(index) + rowPitchMm * 0.66} h${width * 0.64}`}
        />
      ))}
      {preview.fields.map(({ xMm, yMm, sizeMm, text }, index) => (
        <text key={index} className="r-ink" x={xMm} y={yMm + sizeMm * 0.88} fontSize={sizeMm}>
          {text}
        </text>
      ))}
      {preview.specimen && (
        <text
          className="r-specimen"
          transform={`translate(${width / 2} ${middle + rowPitchMm * 0.22}) rotate(-6)`}
          fontSize={width * 0.07}
          textAnchor="middle"
        >
          {say('picture.specimen')}
        </text>
      )}
    </svg>
  )
}
