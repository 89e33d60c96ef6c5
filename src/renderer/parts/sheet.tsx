import { Headset, ShieldCheck } from 'lucide-react'
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react'
import type { Intent } from '../../ipc/intent.ts'
import type { Problem } from '../../ipc/snapshot.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { useSay } from '../text/say.ts'
import { ActionBar, type Action } from './stage.tsx'
import { ToneIcon, type Tone } from './tone.tsx'

interface SheetProps {
  readonly name: string
  readonly tone: Tone
  readonly icon: ReactNode
  readonly title: string
  readonly children: ReactNode
  readonly actions: readonly Action[]
}

/** A panel over the stage. The view below stays what it is, but cannot be touched. */
function Sheet({ name, tone, icon, title, children, actions }: SheetProps): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div className="scrim" data-panel={name}>
      <section
        className={`sheet tone--${tone}`}
        role="alertdialog"
        aria-labelledby="sheet-title"
        aria-describedby="sheet-text"
      >
        <div className="sheet__head">
          <span className="sheet__icon">{icon}</span>
          <h2 id="sheet-title" className="title" tabIndex={-1} ref={heading}>
            {title}
          </h2>
        </div>
        <div id="sheet-text" className="sheet__text">
          {children}
        </div>
        <ActionBar actions={actions} />
      </section>
    </div>
  )
}

type ProblemAction = Problem['actions'][number]

function intentOf(action: ProblemAction): Intent {
  return action === 'CALL_STAFF' ? { type: 'CALL_STAFF', open: true } : { type: action }
}

/** What happened, that nothing is lost, what to do; the code small, for the technician. */
export function ProblemPanel({ problem }: { readonly problem: Problem }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const main = problem.actions[0]
  const actions = [...problem.actions].reverse().map((action): Action => ({
    label: say(`action.${action}`),
    kind: action === main ? 'main' : action === 'LEAVE' ? 'quiet' : 'plain',
    onPress: () => send(intentOf(action)),
  }))
  return (
    <Sheet
      name="problem"
      tone={problem.tone}
      icon={<ToneIcon tone={problem.tone} />}
      title={say(problem.what)}
      actions={leaveFirst(actions, say('action.LEAVE'))}
    >
      <p className="guide">{say(problem.todo)}</p>
      {problem.assurance !== null && (
        <p className="assurance">
          <ShieldCheck aria-hidden />
          {say(problem.assurance)}
        </p>
      )}
      <p className="code">{say('problem.technical', { code: problem.code })}</p>
    </Sheet>
  )
}

/** Help is on its way. */
export function StaffPanel(): ReactElement {
  const { snapshot, send } = useKiosk()
  const say = useSay()
  return (
    <Sheet
      name="staff"
      tone="info"
      icon={<Headset className="tone-icon" aria-hidden strokeWidth={2.2} />}
      title={say('staff.title')}
      actions={[{ label: say('staff.cancel'), kind: 'main', onPress: () => send({ type: 'CALL_STAFF', open: false }) }]}
    >
      <p className="guide">{say('staff.note')}</p>
      <p className="assurance assurance--plain">{say('staff.phone', { phone: snapshot.header.helpPhone })}</p>
    </Sheet>
  )
}

/** The way out keeps its place on the left whatever else is offered. */
function leaveFirst(actions: readonly Action[], leave: string): Action[] {
  return [...actions.filter(({ label }) => label === leave), ...actions.filter(({ label }) => label !== leave)]
}
