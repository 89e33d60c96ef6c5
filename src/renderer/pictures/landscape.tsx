import type { ReactElement } from 'react'

const cables = [36, 72, 108, 144, 180]
const pylons = [250, 800]
const piers = [70, 250, 430, 620, 800, 985]

/** The picture of the home screen: a bridge over a river, with a truck and a coach on it. Decoration. */
export function Landscape(): ReactElement {
  return (
    <svg className="landscape" viewBox="0 92 1080 308" aria-hidden>
      <circle className="l-sun" cx="884" cy="166" r="46" />
      <path className="l-far" d="M0 250 C110 170 210 210 330 180 S560 96 700 172 S930 150 1080 206 V400 H0 Z" />
      <g className="l-city">
        {[
          [96, 190, 34],
          [138, 158, 26],
          [172, 206, 40],
          [480, 176, 28],
          [516, 140, 24],
          [548, 196, 44],
          [640, 168, 26],
          [940, 188, 30],
          [978, 162, 24],
        ].map(([x = 0, y = 0, width = 0]) => (
          <rect key={x} x={x} y={y} width={width} height={400 - y} rx="3" />
        ))}
      </g>
      <path className="l-near" d="M0 300 C150 236 290 276 450 250 S760 226 1080 276 V400 H0 Z" />
      <path className="l-water" d="M0 356 C180 344 340 366 540 356 S900 346 1080 358 V400 H0 Z" />
      <g className="l-steel">
        {piers.map((x) => (
          <path key={x} d={`M${x - 9} 316 h18 l3 60 h-24 Z`} />
        ))}
        {pylons.map((x) => (
          <path key={x} d={`M${x - 12} 316 L${x - 4} 112 h8 L${x + 12} 316 h-9 L${x} 132 L${x - 3} 316 Z`} />
        ))}
      </g>
      <g className="l-cable">
        {pylons.flatMap((x) =>
          cables.flatMap((reach, index) => [
            <path key={`${x}l${reach}`} d={`M${x} ${120 + index * 12} L${x - reach} 302`} />,
            <path key={`${x}r${reach}`} d={`M${x} ${120 + index * 12} L${x + reach} 302`} />,
          ]),
        )}
      </g>
      <rect className="l-deck" x="0" y="300" width="1080" height="18" />
      <rect className="l-rail" x="0" y="292" width="1080" height="3" />
      <g transform="translate(392 226)">
        <rect className="l-cargo" x="0" y="0" width="128" height="60" rx="5" />
        <path className="l-cargo-line" d="M32 8 v44 M64 8 v44 M96 8 v44" />
        <path className="l-cab" d="M132 14 h30 q7 0 10 7 l9 22 q2 4 2 8 v9 h-51 Z" />
        <path className="l-window" d="M142 22 h18 q4 0 6 4 l6 15 h-30 Z" />
        <path className="l-chassis" d="M0 60 h183 v6 H0 Z" />
        {[28, 60, 152].map((x) => (
          <g key={x}>
            <circle className="l-tyre" cx={x} cy="66" r="12" />
            <circle className="l-hub" cx={x} cy="66" r="4.5" />
          </g>
        ))}
      </g>
      <g transform="translate(866 238)">
        <path className="l-coach" d="M8 0 h120 q14 0 17 14 l3 18 v22 H0 V8 q0 -8 8 -8 Z" />
        <path
          className="l-window"
          d="M10 10 h26 v18 h-26 Z M42 10 h26 v18 h-26 Z M74 10 h26 v18 h-26 Z M106 10 h22 q6 0 8 7 l3 11 h-33 Z"
        />
        {[34, 112].map((x) => (
          <g key={x}>
            <circle className="l-tyre" cx={x} cy="54" r="11" />
            <circle className="l-hub" cx={x} cy="54" r="4" />
          </g>
        ))}
      </g>
    </svg>
  )
}
