import { useEffect, useRef, type ReactElement, type ReactNode } from 'react'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Press } from './press.tsx'

export interface Action {
  readonly label: string
  readonly onPress: () => void
  readonly kind?: 'main' | 'plain' | 'quiet'
  readonly disabled?: boolean
}

interface StageProps {
  readonly stage: string
  readonly title: ReactNode
  readonly guide?: ReactNode
  /** Upper part: what it is about, with the picture. Never a control: those are in reach below. */
  readonly lead?: ReactNode
  readonly children?: ReactNode
  /** From the way out (left) to the main way on (right). */
  readonly actions?: readonly Action[]
  /** `controls`: the work part holds buttons and begins in the lower 60 % of the portrait screen. */
  readonly work?: 'controls' | 'reading'
}

/** One task: what to do (title, guidance), where (the picture), the work itself, and the ways on and out. */
export function Stage({
  stage,
  title,
  guide,
  lead,
  children,
  actions = [],
  work = 'reading',
}: StageProps): ReactElement {
  const { snapshot } = useKiosk()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
  }, [snapshot.viewId])
  return (
    <main
      className={`stage stage--${work}`}
      data-screen={snapshot.view.screen}
      data-stage={stage}
      data-view-id={snapshot.viewId}
      aria-labelledby="stage-title"
      inert={snapshot.problem !== null || snapshot.staffCalled}
    >
      <section className="lead">
        <div className="lead__words">
          <h1 id="stage-title" className="title" tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {guide !== undefined && guide !== null && <p className="guide">{guide}</p>}
        </div>
        {lead}
      </section>
      {children !== undefined && <section className="work">{children}</section>}
      {actions.length > 0 && <ActionBar actions={actions} />}
    </main>
  )
}

/** The same place for the same action: the way out on the left, the main way on the right. */
export function ActionBar({ actions }: { readonly actions: readonly Action[] }): ReactElement {
  return (
    <div className="actions" data-count={actions.length}>
      {actions.map(({ label, onPress, kind = 'plain', disabled = false }) => (
        <Press key={label} kind={kind} onPress={onPress} disabled={disabled}>
          {label}
        </Press>
      ))}
    </div>
  )
}
