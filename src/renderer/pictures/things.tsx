import type { ReactElement } from 'react'

/** The things a person holds, drawn to be put inside another picture. Each is drawn around its own middle. */

/** A resident identity card, 320 × 202. Its lines stand for text; nothing of anybody is on it. */
export function CardDrawing(): ReactElement {
  return (
    <g className="thing">
      <rect className="thing__card" x="-160" y="-101" width="320" height="202" rx="16" />
      <path
        className="thing__wave"
        d="M-160 40 C-90 10 -20 70 60 36 S140 20 160 34 V85 Q160 101 144 101 H-144 Q-160 101 -160 85 Z"
      />
      <path className="thing__line" d="M-132 -62 h60 M-132 -30 h120 M-132 2 h96 M-132 34 h120" />
      <path className="thing__line thing__line--strong" d="M-132 72 h212" />
      <rect className="thing__photo" x="42" y="-76" width="92" height="118" rx="8" />
      <circle className="thing__head" cx="88" cy="-30" r="21" />
      <path className="thing__head" d="M50 42 q4 -44 38 -44 t38 44 Z" />
    </g>
  )
}

/** The open review-record page of a transport certificate, 300 × 400, with `rows` rows, one of them marked. */
export function RecordPageDrawing({ marked }: { readonly marked: boolean }): ReactElement {
  return (
    <g className="thing">
      <rect className="thing__cover" x="-156" y="-206" width="312" height="412" rx="12" />
      <rect className="thing__page" x="-146" y="-196" width="292" height="392" rx="5" />
      <path className="thing__title" d="M-58 -164 h116" />
      {[0, 1, 2, 3, 4].map((row) => (
        <g key={row}>
          <rect
            className={row === 2 && marked ? 'thing__row thing__row--marked' : 'thing__row'}
            x="-122"
            y={-136 + row * 62}
            width="244"
            height="50"
            rx="3"
          />
          {row < (marked ? 3 : 2) && (
            <path
              className={row === 2 ? 'thing__ink thing__ink--new' : 'thing__ink'}
              d={`M-106 ${-120 + row * 62} h150 M-106 ${-104 + row * 62} h206`}
            />
          )}
        </g>
      ))}
    </g>
  )
}

/** A printed slip, 200 × 300, torn off at the top. */
export function SlipDrawing(): ReactElement {
  return (
    <g className="thing">
      <path
        className="thing__slip"
        d="M-100 -150 l12.5 9 12.5 -9 12.5 9 12.5 -9 12.5 9 12.5 -9 12.5 9 12.5 -9 12.5 9 12.5 -9 12.5 9 12.5 -9 12.5 9 12.5 -9 12.5 9 12.5 -9 V150 H-100 Z"
      />
      <path className="thing__title" d="M-52 -108 h104" />
      <path className="thing__ink" d="M-72 -72 h144 M-72 -48 h110 M-72 -24 h144 M-72 0 h84" />
      <path
        className="thing__qr"
        d="M-40 34 h28 v28 h-28 Z M12 34 h28 v28 h-28 Z M-40 86 h28 v28 h-28 Z M0 74 h12 v12 h-12 Z M18 86 h22 v10 h-22 Z M0 98 h12 v16 h-12 Z M24 104 h16 v10 h-16 Z"
      />
    </g>
  )
}
