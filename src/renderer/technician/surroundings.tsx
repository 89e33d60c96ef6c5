import type { ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import { useSay } from '../text/say.ts'
import { FactRow } from './fact-list.tsx'
import { ConsoleStage } from './frame.tsx'

type SurroundingsView = Extract<ConsoleView, { screen: 'S98' }>

/** S98: network, time, centre, keys. */
export function Surroundings({ view }: { readonly view: SurroundingsView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const checking = view.stage === 'CHECKING'
  return (
    <ConsoleStage
      stage={view.stage}
      title={say('console.title.S98')}
      guide={say(checking ? 'console.surroundings.checking' : 'console.guide.S98')}
      actions={[
        {
          label: say('console.surroundings.again'),
          kind: 'main',
          disabled: checking,
          onPress: () => send({ type: 'CONSOLE_REFRESH' }),
        },
      ]}
    >
      <Pages className="surroundings">
        {view.groups.flatMap(({ title, facts }, group) => [
          // A heading never stands alone at the foot of a page: it is one item with the first of its facts.
          <div key={`${group}`}>
            <h2 className="console-head">{say(title)}</h2>
            {facts[0] !== undefined && <FactRow fact={facts[0]} />}
          </div>,
          ...facts.slice(1).map((fact, index) => <FactRow key={`${group}.${index}`} fact={fact} />),
        ])}
      </Pages>
    </ConsoleStage>
  )
}
