import { useId, type ReactElement } from 'react'
import type { VehicleView } from '../../ipc/snapshot.ts'
import { useSay } from '../text/say.ts'
import { layOutPlate, plateDesign } from './plate-design.ts'

interface PlateProps {
  readonly vehicle: Pick<VehicleView, 'plateNo' | 'plateColor' | 'plateColorName'>
  readonly size?: 'list' | 'large'
}

/** A number plate as it hangs on the vehicle, in its true colour; read out as `粤B12345，黄色车牌`. */
export function Plate({ vehicle, size = 'list' }: PlateProps): ReactElement {
  const say = useSay()
  const shade = useId()
  const { ground, text } = plateDesign(vehicle.plateColor)
  const { cells, dotX, width } = layOutPlate(vehicle.plateNo)
  return (
    <svg
      className={`plate plate--${size} plate--${ground} plate--text-${text}`}
      viewBox={`0 0 ${width} 140`}
      role="img"
      aria-label={say('plate.label', { plate: vehicle.plateNo, color: vehicle.plateColorName })}
    >
      {ground === 'new-small' && (
        <linearGradient id={shade} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" className="plate__shade-top" />
          <stop offset="0.35" className="plate__shade-top" />
          <stop offset="1" className="plate__shade-low" />
        </linearGradient>
      )}
      <rect
        className="plate__ground"
        x="1"
        y="1"
        width={width - 2}
        height="138"
        rx="13"
        {...(ground === 'new-small' ? { fill: `url(#${shade})` } : {})}
      />
      {ground === 'new-large' && (
        <path className="plate__head" d={`M14 1 H${dotX} V139 H14 A13 13 0 0 1 1 126 V14 A13 13 0 0 1 14 1 Z`} />
      )}
      <rect className="plate__frame" x="8" y="8" width={width - 16} height="124" rx="8" />
      {[width * 0.24, width * 0.76].map((x) => (
        <g key={x} className="plate__bolts">
          <circle cx={x} cy="14" r="4" />
          <circle cx={x} cy="126" r="4" />
        </g>
      ))}
      {cells.map(({ char, x, wide }, index) => (
        <text
          key={index}
          className="plate__char"
          transform={wide ? `translate(${x} 70) scale(0.74 1.06)` : `translate(${x} 70) scale(0.86 1.2)`}
          textAnchor="middle"
          dy={wide ? 31 : 33}
        >
          {char}
        </text>
      ))}
      <circle className="plate__dot" cx={dotX} cy="70" r="7" />
    </svg>
  )
}
