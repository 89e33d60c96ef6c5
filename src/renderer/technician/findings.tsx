import { useState, type ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Press } from '../parts/press.tsx'
import { useSay } from '../text/say.ts'
import { ConsoleStage } from './frame.tsx'
import { Keyboard } from './keyboard.tsx'
import { StateChip } from './state.tsx'
import { Typed } from './typed.tsx'
import { stamp } from './when.ts'

export type Finding = Extract<ConsoleView, { screen: 'S91' }>['findings'][number]

interface FindingCardProps {
  readonly finding: Finding
  readonly onWitness: (finding: Finding, seen: boolean) => void
}

/** A print of which nobody knows whether it is on the paper: one person looks, then a second one. */
export function FindingCard({ finding, onWitness }: FindingCardProps): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const { key, endorsementNo, attempt, at, first } = finding
  const answer = (seen: boolean): void =>
    first === null ? send({ type: 'CONSOLE_FINDING', key, seen }) : onWitness(finding, seen)
  return (
    <section className="finding tone--unknown">
      <p className="finding__words">
        <StateChip tone="unknown">{say('console.finding.unknown')}</StateChip>
        {say('console.finding.what', { endorsementNo, n: attempt, at: stamp(at) })}
      </p>
      <p>
        {first === null
          ? say('console.finding.look')
          : say('console.finding.second', { first: say(`console.finding.first.${first}`) })}
      </p>
      <div className="finding__answers">
        <Press kind="plain" onPress={() => answer(true)}>
          {say('console.finding.seen')}
        </Press>
        <Press kind="plain" onPress={() => answer(false)}>
          {say('console.finding.notSeen')}
        </Press>
      </div>
    </section>
  )
}

interface WitnessProps {
  readonly finding: Finding
  /** What the second person saw. */
  readonly seen: boolean
  readonly onLeave: () => void
}

/** The second person proves with number and PIN that they looked themselves. */
export function Witness({ finding, seen, onLeave }: WitnessProps): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const [staffId, setStaffId] = useState('')
  const [pin, setPin] = useState('')
  const [asksPin, setAsksPin] = useState(false)
  const ready = asksPin ? /^\d{4,12}$/.test(pin) : /^[A-Za-z0-9-]{1,20}$/.test(staffId)
  const set = asksPin ? setPin : setStaffId
  const enter = (): void => {
    if (!ready) return
    if (!asksPin) {
      setAsksPin(true)
      return
    }
    send({ type: 'CONSOLE_WITNESS', key: finding.key, staffId, pin, seen })
    setPin('')
    onLeave()
  }
  const field = asksPin ? 'PIN' : 'STAFF'
  return (
    <ConsoleStage
      stage="WITNESS"
      title={say('console.finding.witness')}
      guide={say('console.finding.what', {
        endorsementNo: finding.endorsementNo,
        n: finding.attempt,
        at: stamp(finding.at),
      })}
      columns="two"
      actions={[
        { label: say('action.BACK'), kind: 'quiet', onPress: onLeave },
        { label: say(`console.login.${field}.enter`), kind: 'main', onPress: enter, disabled: !ready },
      ]}
    >
      <div className="login__words">
        <StateChip tone="info">{say(seen ? 'console.finding.youSaw' : 'console.finding.youDidNotSee')}</StateChip>
        {asksPin && <p className="console-plain">{say('console.login.staff', { staffId })}</p>}
        <Typed
          label={say(`console.login.${field}.label`)}
          value={asksPin ? pin : staffId}
          secret={asksPin}
          placeholder={say(`console.login.${field}.placeholder`)}
        />
      </div>
      <Keyboard
        key={field}
        label={say(`console.login.${field}.label`)}
        layout={asksPin ? 'digits' : 'staff'}
        onKey={(key) => set((now) => (now + key.toUpperCase()).slice(0, asksPin ? 12 : 20))}
        onDelete={() => set((now) => now.slice(0, -1))}
        onEnter={enter}
      />
    </ConsoleStage>
  )
}
