import {
  ArrowRightLeft,
  Circle,
  CircleCheck,
  CircleX,
  Loader,
  SkipForward,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import type { ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useCamera } from '../camera/use-camera.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import type { Action } from '../parts/stage.tsx'
import { ToneIcon, type Tone } from '../parts/tone.tsx'
import { useSay } from '../text/say.ts'
import { ConsoleStage } from './frame.tsx'
import { Question } from './question.tsx'
import { stamp } from './when.ts'

type ReadinessView = Extract<ConsoleView, { screen: 'S94' }>
type Item = ReadinessView['items'][number]
type Verdict = NonNullable<ReadinessView['verdict']>

const looks: Readonly<Record<Item['state'], { readonly tone: Tone; readonly Icon: LucideIcon }>> = {
  TODO: { tone: 'unknown', Icon: Circle },
  NOW: { tone: 'info', Icon: Loader },
  PASS: { tone: 'good', Icon: CircleCheck },
  WARN: { tone: 'warning', Icon: TriangleAlert },
  FAIL: { tone: 'bad', Icon: CircleX },
  SKIPPED: { tone: 'unknown', Icon: SkipForward },
}

const verdictTones: Readonly<Record<Verdict, Tone>> = { READY: 'good', WARNINGS: 'warning', NOT_READY: 'bad' }

/** S94: the guided check of the whole kiosk, compared with the last good one. */
export function Readiness({ view }: { readonly view: ReadinessView }): ReactElement {
  const say = useSay()
  const now = view.items.findIndex(({ state }) => state === 'NOW')
  return (
    <ConsoleStage
      stage={view.stage}
      title={say('console.title.S94')}
      guide={
        view.comparedWith === null
          ? say('console.guide.S94')
          : say('console.readiness.compared', { at: stamp(view.comparedWith) })
      }
      actions={useActions(view)}
    >
      {view.verdict !== null && <VerdictBanner view={view} verdict={view.verdict} />}
      {view.items.length === 0 ? (
        <p className="console-plain">{say('console.readiness.nothing')}</p>
      ) : (
        <Pages className="readiness" {...(now < 0 ? {} : { follow: now })}>
          {view.items.map((item) => (
            <ItemLine key={item.id} item={item} />
          ))}
        </Pages>
      )}
      {view.items.some(({ id, state }) => id === 'camera' && state === 'NOW') && <Glance label={view.cameraLabel} />}
      {view.stage === 'ASK' && view.question !== null && <Question question={view.question} />}
    </ConsoleStage>
  )
}

/** The camera, open for as long as it is being checked. */
function Glance({ label }: { readonly label: string | null }): ReactElement {
  const say = useSay()
  const video = useCamera(label, true)
  return (
    <video className="readiness__glance" ref={video} muted playsInline aria-label={say('console.camera.picture')} />
  )
}

function useActions(view: ReadinessView): Action[] {
  const { send } = useKiosk()
  const say = useSay()
  if (view.stage === 'RUNNING' || view.stage === 'ASK')
    return [{ label: say('console.readiness.stop'), onPress: () => send({ type: 'CONSOLE_CANCEL' }) }]
  const start: Action = {
    label: say(view.stage === 'IDLE' ? 'console.readiness.start' : 'console.readiness.again'),
    kind: view.stage === 'IDLE' ? 'main' : 'plain',
    onPress: () => send({ type: 'CONSOLE_READINESS' }),
  }
  if (view.stage === 'IDLE') return [start]
  return [
    start,
    {
      label: say(`console.readiness.print.${view.print}`),
      kind: 'main',
      disabled: view.print === 'PRINTING',
      onPress: () => send({ type: 'CONSOLE_PRINT_REPORT' }),
    },
  ]
}

function ItemLine({ item }: { readonly item: Item }): ReactElement {
  const say = useSay()
  const { tone, Icon } = looks[item.state]
  const ended = item.state !== 'TODO' && item.state !== 'NOW'
  return (
    <div className={`check-line tone--${tone}`} data-state={item.state}>
      <Icon className="check-line__icon" aria-hidden strokeWidth={2.2} />
      <strong className="check-line__title">{say(item.title)}</strong>
      <span className="check-line__state">{say(`console.readiness.state.${item.state}`)}</span>
      {(item.words !== null || item.detail !== null) && (
        <span className="check-line__words">
          {item.words !== null && say(item.words)}{' '}
          {item.detail !== null && <span className="console-code">{item.detail}</span>}
        </span>
      )}
      {ended && item.before !== null && item.before !== item.state && (
        <span className="check-line__before">
          <ArrowRightLeft aria-hidden />
          {say('console.readiness.before', { state: say(`console.readiness.state.${item.before}`) })}
        </span>
      )}
    </div>
  )
}

function VerdictBanner({ view, verdict }: { readonly view: ReadinessView; readonly verdict: Verdict }): ReactElement {
  const say = useSay()
  const tone = verdictTones[verdict]
  const count = (state: Item['state']): number => view.items.filter((item) => item.state === state).length
  const changed = view.items.filter(({ before, state }) => before !== null && before !== state).length
  return (
    <section className={`verdict-banner tone--${tone}`} role="status">
      <ToneIcon tone={tone} />
      <p>
        <strong>{say(`console.readiness.verdict.${verdict}`)}</strong>
        <span>
          {say('console.readiness.counts', { pass: count('PASS'), warn: count('WARN'), fail: count('FAIL') })}
          {view.comparedWith !== null && say('console.readiness.changed', { n: changed })}
        </span>
      </p>
    </section>
  )
}
