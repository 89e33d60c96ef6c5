import type { ReactElement } from 'react'

/** A calm sign that something is under way; the words beside it say what. */
export function Waiting(): ReactElement {
  return (
    <div className="waiting" aria-hidden>
      <span />
      <span />
      <span />
    </div>
  )
}
