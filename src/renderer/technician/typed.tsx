import type { ReactElement } from 'react'

interface TypedProps {
  readonly label: string
  readonly value: string
  /** Shown as dots, never in clear. */
  readonly secret?: boolean
  readonly placeholder?: string
}

/** What has been typed so far, with the place where the next key goes. */
export function Typed({ label, value, secret = false, placeholder = '' }: TypedProps): ReactElement {
  return (
    <div className="typed" data-secret={secret}>
      <span className="typed__label">{label}</span>
      <span className="typed__value" role="status">
        {value === '' ? <span className="typed__empty">{placeholder}</span> : secret ? '●'.repeat(value.length) : value}
        <span className="typed__caret" aria-hidden />
      </span>
    </div>
  )
}
