import type { ReactElement } from 'react'

/** The mark of the product: a road running to the horizon in a ring. */
export function Emblem(): ReactElement {
  return (
    <svg className="emblem" viewBox="0 0 64 64" aria-hidden>
      <circle className="emblem__ring" cx="32" cy="32" r="29" />
      <path className="emblem__road" d="M28 16 h8 L46 50 H18 Z" />
      <path className="emblem__lane" d="M32 20 v6 M32 31 v6 M32 42 v6" />
      <path className="emblem__hill" d="M8 34 Q18 22 27 30 M37 30 Q46 22 56 34" />
    </svg>
  )
}
