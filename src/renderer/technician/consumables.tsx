import { useState, type ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import { Press } from '../parts/press.tsx'
import { useSay } from '../text/say.ts'
import { ConsoleStage } from './frame.tsx'
import { StateChip } from './state.tsx'
import { stamp } from './when.ts'

type ConsumablesView = Extract<ConsoleView, { screen: 'S97' }>
type Item = ConsumablesView['items'][number]

/** S97: paper, cutter, ribbon, toner: what is left and how long it will last. */
export function Consumables({ view }: { readonly view: ConsumablesView }): ReactElement {
  const say = useSay()
  const [asked, setAsked] = useState<string | null>(null)
  return (
    <ConsoleStage stage="LIST" title={say('console.title.S97')} guide={say('console.guide.S97')}>
      {view.items.length === 0 ? (
        <p className="console-plain">{say('console.consumables.none')}</p>
      ) : (
        <Pages className="consumables">
          {view.items.map((item) => (
            <ItemCard key={item.id} item={item} asked={asked === item.id} onAsk={setAsked} />
          ))}
        </Pages>
      )}
    </ConsoleStage>
  )
}

interface ItemCardProps {
  readonly item: Item
  /** Whether the technician is asked if it has really been replaced. */
  readonly asked: boolean
  readonly onAsk: (id: string | null) => void
}

function ItemCard({ item, asked, onAsk }: ItemCardProps): ReactElement {
  const say = useSay()
  return (
    <section className={`consumable tone--${item.tone}`}>
      <div className="consumable__words">
        <p className="consumable__name">
          <strong>{say(item.name)}</strong>
          <StateChip tone={item.tone}>{say(item.words)}</StateChip>
        </p>
        <Bar left={item.left} />
        {item.forecast !== null && <p>{say(item.forecast)}</p>}
        <p className="consumable__counters">
          {item.counters.map(({ label, value }, index) => (
            <span key={index}>
              {say(label)} <strong>{value}</strong>
            </span>
          ))}
          {item.since !== null && <span>{say('console.consumables.since', { at: stamp(item.since) })}</span>}
        </p>
      </div>
      {item.replaceable && <Replace id={item.id} name={say(item.name)} asked={asked} onAsk={onAsk} />}
    </section>
  )
}

/** Drawn as an attribute of SVG: the policy of the page allows no style written into the markup. */
function Bar({ left }: { readonly left: number | null }): ReactElement {
  const say = useSay()
  if (left === null) return <p className="bar__unknown">{say('console.consumables.unknown')}</p>
  const percent = Math.round(Math.min(1, Math.max(0, left)) * 100)
  return (
    <div className="bar">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
        <rect className="bar__all" width="100" height="6" />
        <rect className="bar__left" width={percent} height="6" />
      </svg>
      <span>{say('console.consumables.left', { percent })}</span>
    </div>
  )
}

interface ReplaceProps {
  readonly id: string
  readonly name: string
  readonly asked: boolean
  readonly onAsk: (id: string | null) => void
}

/** Two presses: counters that were set back by mistake are gone. */
function Replace({ id, name, asked, onAsk }: ReplaceProps): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  if (!asked)
    return (
      <Press kind="plain" label={say('console.consumables.replacedNamed', { name })} onPress={() => onAsk(id)}>
        {say('console.consumables.replaced')}
      </Press>
    )
  const confirm = (): void => {
    send({ type: 'CONSOLE_REPLACED', id })
    onAsk(null)
  }
  return (
    <div className="consumable__sure" role="group" aria-label={say('console.consumables.sure')}>
      <Press kind="quiet" onPress={() => onAsk(null)}>
        {say('console.consumables.no')}
      </Press>
      <Press kind="main" onPress={confirm}>
        {say('console.consumables.yes')}
      </Press>
    </div>
  )
}
