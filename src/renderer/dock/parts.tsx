import type { ReactElement, ReactNode } from 'react'
import type { DockBridge, DockCommand, DockState, PlugState, RigDevice } from '../../ipc/rig.ts'

declare global {
  interface Window {
    readonly dock: DockBridge
  }
}

export const bridge = window.dock

export interface StateProps {
  readonly state: DockState
}

const PLUG_NAMES: Readonly<Record<PlugState, string>> = { PLUGGED: '接好', OFF: '断电', UNPLUGGED: '拔线' }
const PLUG_STATES = Object.keys(PLUG_NAMES) as readonly PlugState[]

/** One device: its name, how it is, and whether its cable and its power are there. */
export function Device(props: {
  readonly name: string
  readonly status?: string
  readonly plug?: { readonly device: RigDevice; readonly state: PlugState }
  readonly children?: ReactNode
}): ReactElement {
  const { name, status, plug, children } = props
  return (
    <section className="device">
      <header>
        <h2>{name}</h2>
        <span>{status}</span>
        {plug !== undefined && <Plug {...plug} name={name} />}
      </header>
      {children}
    </section>
  )
}

function Plug(props: { readonly device: RigDevice; readonly state: PlugState; readonly name: string }): ReactElement {
  const { device, state, name } = props
  return (
    <div className="row plug" role="group" aria-label={`${name}：线和电源`}>
      {PLUG_STATES.map((each) => (
        <Operate
          key={each}
          command={{ type: 'PLUG', device, state: each }}
          on={state === each}
          className={each === 'PLUGGED' ? undefined : 'away'}
        >
          {PLUG_NAMES[each]}
        </Operate>
      ))}
    </div>
  )
}

interface OperateProps {
  readonly command: DockCommand
  readonly children: ReactNode
  /** For a state that can be on. */
  readonly on?: boolean
  readonly className?: string | undefined
}

/** A button that does one thing to the rig. */
export function Operate({ command, children, on, className }: OperateProps): ReactElement {
  return (
    <button type="button" aria-pressed={on} className={className} onClick={() => bridge.send(command)}>
      {children}
    </button>
  )
}
