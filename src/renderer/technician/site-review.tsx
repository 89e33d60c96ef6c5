import { ArrowRight } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import type { Action } from '../parts/stage.tsx'
import { ToneIcon } from '../parts/tone.tsx'
import { useSay } from '../text/say.ts'
import { ConsoleStage } from './frame.tsx'

export type SiteView = Extract<ConsoleView, { screen: 'S99' }>

/** The changes, what the dry run said of them, and their use in two presses. */
export function SiteReview({ view }: { readonly view: SiteView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const [sure, setSure] = useState(false)
  const good = view.tried && view.problems.length === 0
  const goOn: Action[] = good
    ? [
        {
          label: say(sure ? 'console.site.applySure' : 'console.site.apply'),
          kind: 'main',
          onPress: () => (sure ? send({ type: 'CONSOLE_APPLY' }) : setSure(true)),
        },
      ]
    : [{ label: say('console.site.dryRunAgain'), kind: 'main', onPress: () => send({ type: 'CONSOLE_DRY_RUN' }) }]
  return (
    <ConsoleStage
      stage="REVIEW"
      title={say('console.site.review')}
      columns="two"
      actions={[{ label: say('console.site.editMore'), onPress: () => send({ type: 'CONSOLE_CANCEL' }) }, ...goOn]}
    >
      <div className="console-column">
        <section className={`verdict-banner tone--${good ? 'good' : 'bad'}`} role="status">
          <ToneIcon tone={good ? 'good' : 'bad'} />
          <p>
            <strong>{say(good ? 'console.site.triedGood' : 'console.site.triedBad')}</strong>
            <span>
              {say(good ? (sure ? 'console.site.sureNote' : 'console.site.goodNote') : 'console.site.badNote')}
            </span>
          </p>
        </section>
        {view.problems.length > 0 && (
          <Pages className="report">
            {view.problems.map((problem, index) => (
              <p key={index}>{problem}</p>
            ))}
          </Pages>
        )}
      </div>
      <div className="console-column">
        <h2 className="console-head">{say('console.site.changes', { n: view.changes.length })}</h2>
        <Pages className="changes">
          {view.changes.map((change) => (
            <ChangeLine key={change.path} change={change} />
          ))}
        </Pages>
      </div>
    </ConsoleStage>
  )
}

/** What is written now and what will be. */
function ChangeLine({ change }: { readonly change: SiteView['changes'][number] }): ReactElement {
  const say = useSay()
  const shown = (value: string): string => (value === '' ? say('console.site.empty') : value)
  return (
    <div className="change-line">
      <p className="console-code">{change.path}</p>
      <p className="change-line__values">
        <span>{shown(change.from)}</span>
        <ArrowRight aria-label={say('console.site.becomes')} />
        <strong>{shown(change.to)}</strong>
      </p>
    </div>
  )
}
