import { Cable, Link2, Network, Nfc, Printer, Search, Unlink, Usb, type LucideIcon } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import { Press } from '../parts/press.tsx'
import type { Action } from '../parts/stage.tsx'
import { useSay } from '../text/say.ts'
import { DeviceIcon } from './device-icon.tsx'
import { ConsoleStage } from './frame.tsx'

type DetectView = Extract<ConsoleView, { screen: 'S93' }>
type Found = DetectView['found'][number]

const kinds: Readonly<Record<Found['kind'], LucideIcon>> = {
  serial: Cable,
  hid: Usb,
  usb: Usb,
  lp: Printer,
  cups: Printer,
  tcp: Network,
  pcsc: Nfc,
}

/** S93: what is plugged in and what it is for. */
export function Detect({ view }: { readonly view: DetectView }): ReactElement {
  const [open, setOpen] = useState<string | null>(null)
  const found = view.found.find(({ id }) => id === open)
  return found === undefined ? (
    <FoundList view={view} onOpen={setOpen} />
  ) : (
    <FoundOne found={found} view={view} onLeave={() => setOpen(null)} />
  )
}

function FoundList({
  view,
  onOpen,
}: {
  readonly view: DetectView
  readonly onOpen: (id: string) => void
}): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const searching = view.stage === 'SEARCHING'
  const actions: Action[] = searching
    ? [{ label: say('console.detect.stop'), onPress: () => send({ type: 'CONSOLE_CANCEL' }) }]
    : [
        {
          label: say(view.stage === 'IDLE' ? 'console.detect.start' : 'console.detect.again'),
          kind: 'main',
          onPress: () => send({ type: 'CONSOLE_DETECT' }),
        },
      ]
  return (
    <ConsoleStage
      stage={view.stage}
      title={say('console.title.S93')}
      guide={say('console.guide.S93')}
      actions={actions}
    >
      {searching && (
        <p className="step-now" role="status">
          <Search aria-hidden />
          {view.step === null ? say('console.detect.searching') : say(view.step)}
        </p>
      )}
      {view.found.length === 0 ? (
        <p className="console-plain">{say(`console.detect.nothing.${view.stage}`)}</p>
      ) : (
        <Pages className="found">
          {view.found.map((found) => (
            <FoundLine key={found.id} found={found} view={view} onOpen={onOpen} />
          ))}
        </Pages>
      )}
    </ConsoleStage>
  )
}

interface FoundLineProps {
  readonly found: Found
  readonly view: DetectView
  readonly onOpen: (id: string) => void
}

function FoundLine({ found, view, onOpen }: FoundLineProps): ReactElement {
  const say = useSay()
  const Icon = kinds[found.kind]
  return (
    <Press kind="choice" className="found-line" onPress={() => onOpen(found.id)}>
      <span className="device-icon">
        <Icon aria-hidden strokeWidth={1.8} />
      </span>
      <span className="found-line__words">
        <strong>
          {say(`console.detect.kind.${found.kind}`)} <span className="console-code">{found.address}</span>
        </strong>
        <span className="console-code">{found.identity ?? say('console.detect.noIdentity')}</span>
      </span>
      <span className="found-line__state">
        <Bound found={found} view={view} />
        <Guess found={found} view={view} />
      </span>
    </Press>
  )
}

function Bound({ found, view }: { readonly found: Found; readonly view: DetectView }): ReactElement {
  const say = useSay()
  return found.boundTo === null ? (
    <span className="state-chip tone--unknown">
      <Unlink className="tone-icon" aria-hidden />
      {say('console.detect.unbound')}
    </span>
  ) : (
    <span className="state-chip tone--good">
      <Link2 className="tone-icon" aria-hidden />
      <RoleName role={found.boundTo} view={view} />
    </span>
  )
}

function Guess({ found, view }: { readonly found: Found; readonly view: DetectView }): ReactElement | null {
  const say = useSay()
  if (found.guess === null) return found.boundTo === null ? <span>{say('console.detect.noGuess')}</span> : null
  return (
    <span>
      {say(`console.detect.certainty.${found.guess.certainty}`)}
      <RoleName role={found.guess.role} view={view} />
    </span>
  )
}

function RoleName({ role, view }: { readonly role: string; readonly view: DetectView }): ReactElement {
  const say = useSay()
  const known = view.roles.find((candidate) => candidate.role === role)
  return <>{known === undefined ? role : say(known.name)}</>
}

interface FoundOneProps {
  readonly found: Found
  readonly view: DetectView
  readonly onLeave: () => void
}

interface Choice {
  readonly role: string
  readonly driver: string
}

/** One found thing: what was tried and what came back, and what it is to be used for. */
function FoundOne({ found, view, onLeave }: FoundOneProps): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const [choice, setChoice] = useState<Choice | null>(found.guess)
  const choices = choicesOf(view)
  const chosen = choices.findIndex(({ role, driver }) => role === choice?.role && driver === choice.driver)
  const bind: Action = {
    label: say('console.detect.bind'),
    kind: 'main',
    disabled: choice === null || view.stage === 'SEARCHING',
    onPress: () => {
      if (choice !== null) send({ type: 'CONSOLE_BIND', id: found.id, role: choice.role, driver: choice.driver })
      onLeave()
    },
  }
  return (
    <ConsoleStage
      stage="ONE"
      title={say(`console.detect.kind.${found.kind}`)}
      guide={
        <span className="console-code">
          {[found.address, found.identity].filter((part) => part !== null).join(' · ')}
        </span>
      }
      columns="two"
      actions={[{ label: say('console.detect.list'), onPress: onLeave }, bind]}
    >
      <div className="console-column">
        <h2 className="console-head">{say('console.detect.report')}</h2>
        <Pages className="report">
          {found.report.length === 0
            ? [<p key="none">{say('console.detect.noReport')}</p>]
            : found.report.map((line, index) => <p key={index}>{say(line)}</p>)}
        </Pages>
      </div>
      <div className="console-column">
        <h2 className="console-head">{say('console.detect.useFor')}</h2>
        <Pages className="role-choice" {...(chosen < 0 ? {} : { follow: chosen })}>
          {choices.map(({ role, driver, name }, index) => (
            <Press
              key={`${role} ${driver}`}
              kind="choice"
              className="role-line"
              pressed={index === chosen}
              onPress={() => setChoice({ role, driver })}
            >
              <DeviceIcon role={role} />
              <strong>{say(name)}</strong>
              <span className="console-code">{driver}</span>
            </Press>
          ))}
        </Pages>
      </div>
    </ConsoleStage>
  )
}

function choicesOf(view: DetectView): (Choice & { readonly name: DetectView['roles'][number]['name'] })[] {
  return view.roles.flatMap(({ role, name, drivers }) => drivers.map((driver) => ({ role, driver, name })))
}
