import { LogOut, ShieldCheck, Timer, UserRound, Wrench } from 'lucide-react'
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { ActionBar, type Action } from '../parts/stage.tsx'
import { Press } from '../parts/press.tsx'
import { useNow } from '../parts/use-now.ts'
import { useSay } from '../text/say.ts'
import { wallTime } from '../text/written.ts'
import { timeLeft } from './when.ts'

/** The dark bar above: this is no service. Who is at work, on which kiosk, and the time. */
export function ConsoleBar({ view }: { readonly view: ConsoleView }): ReactElement {
  const { header, technician } = useKiosk().snapshot
  const say = useSay()
  const name = view.screen === 'S91' ? view.staffName : technician
  return (
    <div className="console-bar">
      <strong className="console-bar__mode">
        <Wrench aria-hidden />
        {say('console.bar.mode')}
      </strong>
      <span className="console-bar__kiosk">{header.kioskName}</span>
      {(name !== undefined || view.screen === 'S90') && (
        <span className="console-bar__who">
          <UserRound aria-hidden />
          {name ?? say('console.bar.nobody')}
        </span>
      )}
      <time className="console-bar__time">{wallTime(useNow()).time}</time>
    </div>
  )
}

/** The dark bar below: what is recorded, when it closes by itself, and the way out, always in the same place. */
export function ConsoleFoot({ view }: { readonly view: ConsoleView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <footer className="console-foot">
      <p className="console-foot__record">
        <ShieldCheck aria-hidden />
        {say(`footer.${view.screen}`)}
      </p>
      <AutoExit />
      <Press kind="tool" className="console-foot__close" onPress={() => send({ type: 'CONSOLE_CLOSE' })}>
        <LogOut aria-hidden />
        {say('console.foot.close')}
      </Press>
    </footer>
  )
}

function AutoExit(): ReactElement {
  const { snapshot, send } = useKiosk()
  const say = useSay()
  const now = useNow()
  const { countdown } = snapshot
  if (countdown === null) return <p className="console-foot__left">{say('console.foot.busy')}</p>
  const left = countdown.endsAt - now
  if (now < countdown.warnAt)
    return (
      <p className="console-foot__left">
        <Timer aria-hidden />
        {say('console.foot.exitIn', { left: timeLeft(left) })}
      </p>
    )
  return (
    <div className="console-foot__leaving" role="alertdialog" aria-label={say('console.foot.stay')}>
      <p aria-live="assertive">{say('console.foot.leaving', { seconds: Math.max(0, Math.ceil(left / 1000)) })}</p>
      <Press kind="main" onPress={() => send({ type: 'STILL_HERE' })}>
        {say('console.foot.stay')}
      </Press>
    </div>
  )
}

interface ConsoleStageProps {
  readonly stage: string
  readonly title: ReactNode
  readonly guide?: ReactNode
  readonly children: ReactNode
  /** Besides the way back to the board, which every screen but the login and the board has on the left. */
  readonly actions?: readonly Action[]
  /** `two`: two columns on a landscape screen. */
  readonly columns?: 'one' | 'two'
}

/** One screen of the console: its name and what to do, the work, and the ways on. */
export function ConsoleStage({
  stage,
  title,
  guide,
  children,
  actions = [],
  columns = 'one',
}: ConsoleStageProps): ReactElement {
  const { snapshot, send } = useKiosk()
  const say = useSay()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
  }, [snapshot.viewId])
  const { screen } = snapshot.view
  const back: Action[] =
    screen === 'S90' || screen === 'S91'
      ? []
      : [{ label: say('console.back'), kind: 'quiet', onPress: () => send({ type: 'CONSOLE_GO', screen: 'S91' }) }]
  const all = [...back, ...actions]
  return (
    <main
      className="console-stage"
      data-screen={screen}
      data-stage={stage}
      data-view-id={snapshot.viewId}
      aria-labelledby="stage-title"
      inert={snapshot.problem !== null || snapshot.staffCalled}
    >
      <header className="console-stage__head">
        <h1 id="stage-title" className="console-title" tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {guide !== undefined && guide !== null && <p className="console-guide">{guide}</p>}
      </header>
      <div className={`console-work console-work--${columns}`}>{children}</div>
      {all.length > 0 && <ActionBar actions={all} />}
    </main>
  )
}
