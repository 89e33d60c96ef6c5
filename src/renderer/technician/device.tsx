import { Play } from 'lucide-react'
import type { ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import { Press } from '../parts/press.tsx'
import type { Action } from '../parts/stage.tsx'
import { ToneIcon, type Tone } from '../parts/tone.tsx'
import { useSay } from '../text/say.ts'
import { DeviceIcon } from './device-icon.tsx'
import { FactRow } from './fact-list.tsx'
import { ConsoleStage } from './frame.tsx'
import { Question } from './question.tsx'
import { DeviceMarks, Remedy, StateChip } from './state.tsx'
import { TouchTest } from './touch-test.tsx'
import { stamp } from './when.ts'

type DeviceView = Extract<ConsoleView, { screen: 'S92' }>
type Test = DeviceView['tests'][number]

/** The test that is answered by drawing and not by looking. */
const TOUCH_TEST = 'touch-screen'

const tones: Readonly<Record<Test['state'], Tone>> = {
  IDLE: 'unknown',
  RUNNING: 'info',
  ASK: 'warning',
  PASSED: 'good',
  FAILED: 'bad',
}

/** S92: one device, what it says of itself, and its tests. */
export function Device({ view }: { readonly view: DeviceView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const { device, facts, tests } = view
  const asking = tests.find(({ state }) => state === 'ASK')
  const busy = tests.some(({ state }) => state === 'RUNNING' || state === 'ASK')
  const further: Action[] = [
    ...(device.role === 'camera'
      ? [{ label: say('console.title.S95'), onPress: () => send({ type: 'CONSOLE_GO', screen: 'S95' }) }]
      : []),
    ...(device.role === 'certificate-printer'
      ? [{ label: say('console.title.S96'), onPress: () => send({ type: 'CONSOLE_GO', screen: 'S96' }) }]
      : []),
  ]
  return (
    <ConsoleStage
      stage={asking !== undefined ? 'ASK' : busy ? 'RUNNING' : 'IDLE'}
      title={
        <span className="device-title">
          <DeviceIcon role={device.role} />
          {say(device.name)}
          <DeviceMarks device={device} />
        </span>
      }
      columns="two"
      actions={
        busy ? [{ label: say('console.test.cancel'), onPress: () => send({ type: 'CONSOLE_CANCEL' }) }] : further
      }
    >
      <div className="device__left">
        <DeviceSummary device={device} />
        <Pages className="device__facts">
          {facts.map((fact, index) => (
            <FactRow key={index} fact={fact} />
          ))}
        </Pages>
      </div>
      <div className="device__right">
        {asking === undefined ? (
          <>
            <h2 className="console-head">{say('console.test.title')}</h2>
            <Pages className="device__tests" {...follow(tests)}>
              {tests.length === 0
                ? [<p key="none">{say('console.test.none')}</p>]
                : tests.map((test) => <TestLine key={test.id} role={device.role} test={test} busy={busy} />)}
            </Pages>
          </>
        ) : (
          <Asking test={asking} />
        )}
      </div>
    </ConsoleStage>
  )
}

function follow(tests: readonly Test[]): { follow?: number } {
  const running = tests.findIndex(({ state }) => state === 'RUNNING')
  return running < 0 ? {} : { follow: running }
}

function Asking({ test }: { readonly test: Test }): ReactElement {
  const say = useSay()
  return (
    <>
      <h2 className="console-head">{say(test.title)}</h2>
      {test.id === TOUCH_TEST ? <TouchTest /> : <Question question={test.words ?? { key: 'console.test.askPlain' }} />}
    </>
  )
}

function DeviceSummary({ device }: { readonly device: DeviceView['device'] }): ReactElement {
  const say = useSay()
  return (
    <section className={`device-summary tone--${device.tone}`}>
      <p className="device-summary__state">
        <ToneIcon tone={device.tone} />
        <strong>{say(device.words)}</strong>
        <span className="console-code">{device.state}</span>
      </p>
      <Remedy remedy={device.remedy} />
      <p className="device-summary__where">
        {[device.model, device.driver, device.address].filter((part) => part !== null && part !== '').join(' · ')}
      </p>
      <p className="device-summary__where">{say('console.device.since', { at: stamp(device.since) })}</p>
    </section>
  )
}

interface TestLineProps {
  readonly role: string
  readonly test: Test
  /** A test is going on: no second one beside it. */
  readonly busy: boolean
}

function TestLine({ role, test, busy }: TestLineProps): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <div className="test-line">
      <div className="test-line__words">
        <p className="test-line__title">
          <strong>{say(test.title)}</strong>
          <StateChip tone={tones[test.state]}>{say(`console.test.state.${test.state}`)}</StateChip>
        </p>
        {test.words !== null && <p>{say(test.words)}</p>}
        {(test.detail !== null || test.at !== null) && (
          <p className="console-code">
            {[test.at === null ? null : stamp(test.at), test.detail].filter((part) => part !== null).join(' · ')}
          </p>
        )}
      </div>
      <Press
        kind="plain"
        label={say('console.test.runNamed', { test: say(test.title) })}
        disabled={busy}
        onPress={() => send({ type: 'CONSOLE_TEST', role, test: test.id })}
      >
        <Play aria-hidden />
        {say('console.test.run')}
      </Press>
    </div>
  )
}
