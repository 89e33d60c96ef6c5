import { Check, X } from 'lucide-react'
import type { ReactElement } from 'react'
import type { ProgressStep } from '../../ipc/snapshot.ts'
import { useSay } from '../text/say.ts'

interface StepsProps {
  readonly steps: readonly ProgressStep[]
  /** `rows`: one below the other, with the state as a word. */
  readonly layout?: 'line' | 'rows'
}

/** A wait as a person can follow it: what is done, what is going on, what comes. */
export function Steps({ steps, layout = 'line' }: StepsProps): ReactElement {
  const say = useSay()
  return (
    <ol className={layout === 'rows' ? 'steps steps--rows' : 'steps'}>
      {steps.map(({ label, state }, index) => (
        <li
          key={`${index}${label.key}`}
          className="step"
          data-state={state}
          aria-current={state === 'now' ? 'step' : false}
        >
          <span className="step__mark" aria-hidden>
            {state === 'done' ? <Check strokeWidth={3} /> : state === 'failed' ? <X strokeWidth={3} /> : index + 1}
          </span>
          <span className="step__label">{say(label)}</span>
          <span className="step__state">{say(`stepState.${state}`)}</span>
        </li>
      ))}
    </ol>
  )
}
