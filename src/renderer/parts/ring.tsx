import type { ReactElement, ReactNode } from 'react'

interface RingProps {
  /** 0..1, what is left or done. */
  readonly value: number
  readonly className: string
  readonly children?: ReactNode
}

const RADIUS = 46
const LENGTH = 2 * Math.PI * RADIUS

/** A ring that fills or empties. What it means is said beside it. */
export function Ring({ value, className, children }: RingProps): ReactElement {
  const shown = Math.min(1, Math.max(0, value))
  return (
    <span className={`ring ${className}`}>
      <svg viewBox="0 0 100 100" aria-hidden>
        <circle className="ring__track" cx="50" cy="50" r={RADIUS} />
        <circle
          className="ring__value"
          cx="50"
          cy="50"
          r={RADIUS}
          strokeDasharray={`${LENGTH * shown} ${LENGTH}`}
          transform="rotate(-90 50 50)"
        />
      </svg>
      {children !== undefined && <span className="ring__text">{children}</span>}
    </span>
  )
}
