import type { ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { ToneIcon } from '../parts/tone.tsx'
import { useSay } from '../text/say.ts'
import { Remedy } from './state.tsx'

type Fact = Extract<ConsoleView, { screen: 'S92' }>['facts'][number]

/** What, how much, whether that is well, and what to do where it is not. */
export function FactRow({ fact }: { readonly fact: Fact }): ReactElement {
  const say = useSay()
  return (
    <div className={`console-fact tone--${fact.tone}`}>
      <span className="console-fact__label">{say(fact.label)}</span>
      <span className="console-fact__value">
        {fact.value}
        {fact.tone !== 'info' && (
          <span className="console-fact__tone">
            <ToneIcon tone={fact.tone} />
            {say(`console.tone.${fact.tone}`)}
          </span>
        )}
      </span>
      <Remedy remedy={fact.remedy} />
    </div>
  )
}
