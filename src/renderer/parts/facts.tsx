import type { ReactElement } from 'react'
import { writtenDate } from '../text/written.ts'
import { Pages } from './pages.tsx'
import { Shown } from './shown.tsx'

/** Terms and values, one below the other. */
export function Facts({
  rows,
}: {
  readonly rows: readonly { readonly term: string; readonly value: string }[]
}): ReactElement {
  return (
    <Pages className="facts">
      {rows.map(({ term, value }) => (
        <div className="fact" key={term}>
          <span className="fact__term">{term}</span>
          <span className="fact__value">
            <Shown text={writtenDate(value)} />
          </span>
        </div>
      ))}
    </Pages>
  )
}
