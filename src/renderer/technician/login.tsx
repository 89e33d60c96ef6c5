import { IdCardLanyard, LockKeyhole, Phone } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Remark } from '../parts/remark.tsx'
import type { Action } from '../parts/stage.tsx'
import { useNow } from '../parts/use-now.ts'
import { useSay } from '../text/say.ts'
import { ConsoleStage } from './frame.tsx'
import { Keyboard } from './keyboard.tsx'
import { StateChip } from './state.tsx'
import { Typed } from './typed.tsx'
import { timeLeft } from './when.ts'

type LoginView = Extract<ConsoleView, { screen: 'S90' }>
type EntryStage = Exclude<LoginView['stage'], 'CHECKING' | 'LOCKED'>

/** What is typed at each stage: how long it may be, when it is whole, and what is sent. */
const entries: Readonly<
  Record<
    EntryStage,
    {
      readonly longest: number
      readonly whole: RegExp
      readonly layout: 'staff' | 'digits'
      readonly secret: boolean
      readonly intent: (typed: string) => ConsoleIntent
    }
  >
> = {
  STAFF: {
    longest: 20,
    whole: /^[A-Za-z0-9-]{1,20}$/,
    layout: 'staff',
    secret: false,
    intent: (staffId) => ({ type: 'CONSOLE_STAFF', staffId }),
  },
  PIN: {
    longest: 12,
    whole: /^\d{4,12}$/,
    layout: 'digits',
    secret: true,
    intent: (pin) => ({ type: 'CONSOLE_PIN', pin }),
  },
  TOTP: {
    longest: 6,
    whole: /^\d{6}$/,
    layout: 'digits',
    secret: false,
    intent: (code) => ({ type: 'CONSOLE_TOTP', code }),
  },
  FIELD_CODE: {
    longest: 8,
    whole: /^\d{8}$/,
    layout: 'digits',
    secret: false,
    intent: (code) => ({ type: 'CONSOLE_FIELD_CODE', code }),
  },
}

/** S90: who is there. */
export function Login({ view }: { readonly view: LoginView }): ReactElement {
  const say = useSay()
  switch (view.stage) {
    case 'CHECKING':
      return (
        <ConsoleStage stage="CHECKING" title={say('console.title.S90')}>
          <p className="console-plain" role="status">
            {say('console.login.checking')}
          </p>
        </ConsoleStage>
      )
    case 'LOCKED':
      return <Locked view={view} />
    default:
      return <Entry key={view.stage} view={view} stage={view.stage} />
  }
}

function Entry({ view, stage }: { readonly view: LoginView; readonly stage: EntryStage }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const [typed, setTyped] = useState('')
  const { longest, whole, layout, secret, intent } = entries[stage]
  const ready = whole.test(typed)
  const enter = (): void => {
    if (!ready) return
    send(intent(typed))
    setTyped('')
  }
  const asksPin = stage === 'PIN' || stage === 'TOTP'
  const other: Action[] = [
    ...(stage === 'STAFF'
      ? []
      : [
          {
            label: say('console.login.otherStaff'),
            kind: 'quiet',
            onPress: () => send({ type: 'CONSOLE_CANCEL' }),
          } as const,
        ]),
    ...(asksPin && view.fieldCodes
      ? [{ label: say('console.login.useFieldCode'), onPress: () => send({ type: 'CONSOLE_USE_FIELD_CODE' }) }]
      : []),
  ]
  return (
    <ConsoleStage
      stage={stage}
      title={say('console.title.S90')}
      guide={say(`console.login.${stage}.guide`)}
      columns="two"
      actions={[
        ...other,
        { label: say(`console.login.${stage}.enter`), kind: 'main', onPress: enter, disabled: !ready },
      ]}
    >
      <div className="login__words">
        {stage === 'FIELD_CODE' && view.challenge !== null && <Challenge challenge={view.challenge} />}
        {stage !== 'STAFF' && view.staffId !== null && (
          <p className="console-plain">{say('console.login.staff', { staffId: view.staffId })}</p>
        )}
        <Typed
          label={say(`console.login.${stage}.label`)}
          value={typed}
          secret={secret}
          placeholder={say(`console.login.${stage}.placeholder`)}
        />
        {view.remark !== null && <Remark remark={view.remark} />}
        {view.triesLeft !== null && (
          <p className="console-plain">{say('console.login.tries', { n: view.triesLeft })}</p>
        )}
        {stage === 'STAFF' && view.badge && (
          <p className="login__badge">
            <IdCardLanyard aria-hidden strokeWidth={1.8} />
            {say('console.login.badge')}
          </p>
        )}
      </div>
      <Keyboard
        label={say(`console.login.${stage}.label`)}
        layout={layout}
        onKey={(key) => setTyped((now) => (now + key.toUpperCase()).slice(0, longest))}
        onDelete={() => setTyped((now) => now.slice(0, -1))}
        onEnter={enter}
      />
    </ConsoleStage>
  )
}

/** In groups of four, large enough to be read out over the telephone. */
function Challenge({ challenge }: { readonly challenge: string }): ReactElement {
  const { header } = useKiosk().snapshot
  const say = useSay()
  return (
    <div className="challenge">
      <p className="challenge__words">
        <Phone aria-hidden />
        {say('console.login.challenge', { phone: header.helpPhone })}
      </p>
      <p className="challenge__code">
        {challenge
          .replace(/[^0-9A-Za-z]/g, '')
          .match(/.{1,4}/g)
          ?.map((group) => (
            <span key={group}>{group}</span>
          ))}
      </p>
    </div>
  )
}

function Locked({ view }: { readonly view: LoginView }): ReactElement {
  const say = useSay()
  const now = useNow()
  return (
    <ConsoleStage stage="LOCKED" title={say('console.title.S90')}>
      <div className="login__locked tone--bad">
        <LockKeyhole aria-hidden strokeWidth={1.8} />
        <StateChip tone="bad">{say('console.login.locked')}</StateChip>
        {view.lockedUntil !== null && <strong className="login__left">{timeLeft(view.lockedUntil - now)}</strong>}
        <p>{say('console.login.lockedNote')}</p>
        {view.remark !== null && <Remark remark={view.remark} />}
      </div>
    </ConsoleStage>
  )
}
