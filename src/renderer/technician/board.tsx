import {
  Cable,
  Camera,
  ClipboardCheck,
  Network,
  RefreshCw,
  Ruler,
  ScrollText,
  Settings2,
  type LucideIcon,
} from 'lucide-react'
import { useState, type ReactElement } from 'react'
import type { ConsoleIntent, ConsoleView, DeviceRow } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import { Press } from '../parts/press.tsx'
import { Remark } from '../parts/remark.tsx'
import { useSay } from '../text/say.ts'
import { DeviceIcon } from './device-icon.tsx'
import { FindingCard, Witness, type Finding } from './findings.tsx'
import { ConsoleStage } from './frame.tsx'
import { DeviceMarks, Remedy, StateChip } from './state.tsx'
import { stamp } from './when.ts'

type BoardView = Extract<ConsoleView, { screen: 'S91' }>

/** S91: every device in words, what is open, and the way to every other screen. */
export function Board({ view }: { readonly view: BoardView }): ReactElement {
  const say = useSay()
  const [asked, setAsked] = useState<{ readonly key: string; readonly seen: boolean } | null>(null)
  const finding = view.findings.find(({ key, first }) => key === asked?.key && first !== null)
  if (asked !== null && finding !== undefined)
    return <Witness finding={finding} seen={asked.seen} onLeave={() => setAsked(null)} />
  const notes = openMatters(view, (found, seen) => setAsked({ key: found.key, seen }))
  return (
    <ConsoleStage
      stage="BOARD"
      title={say('console.title.S91')}
      guide={view.remark === null ? say('console.guide.S91') : <Remark remark={view.remark} />}
      columns="two"
    >
      <Pages className="board__devices">
        {view.devices.map((device) => (
          <DeviceLine key={device.role} device={device} />
        ))}
      </Pages>
      <div className="board__side">
        <h2 className="console-head">{say('console.board.open')}</h2>
        <Pages className="board__notes">{notes}</Pages>
        <Ways />
      </div>
    </ConsoleStage>
  )
}

function DeviceLine({ device }: { readonly device: DeviceRow }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Press
      kind="choice"
      className="device-line"
      onPress={() => send({ type: 'CONSOLE_GO', screen: 'S92', role: device.role })}
    >
      <DeviceIcon role={device.role} />
      <span className="device-line__name">
        <strong>{say(device.name)}</strong>
        <DeviceMarks device={device} />
      </span>
      <StateChip tone={device.tone}>{say(device.words)}</StateChip>
      <span className="device-line__more">
        <Remedy remedy={device.remedy} />
        <span className="device-line__meta">
          {say('console.device.since', { at: stamp(device.since) })}
          {' · '}
          {device.lastTest === null
            ? say('console.device.untested')
            : say(device.lastTest.passed ? 'console.device.testPassed' : 'console.device.testFailed', {
                at: stamp(device.lastTest.at),
              })}
        </span>
      </span>
    </Press>
  )
}

/** What waits for somebody: the most pressing first. */
function openMatters(view: BoardView, onWitness: (finding: Finding, seen: boolean) => void): ReactElement[] {
  return [
    ...view.findings.map((finding) => <FindingCard key={finding.key} finding={finding} onWitness={onWitness} />),
    ...view.closings.map((closing, index) => <Closing key={`closing-${index}`} words={closing} />),
    <Parked key="parked" count={view.parked} />,
    <LastReadiness key="readiness" last={view.lastReadiness} />,
  ]
}

function Closing({ words }: { readonly words: BoardView['closings'][number] }): ReactElement {
  const say = useSay()
  return (
    <p className="note-line">
      <StateChip tone="bad">{say('console.board.closed')}</StateChip>
      {say(words)}
    </p>
  )
}

function Parked({ count }: { readonly count: number }): ReactElement {
  const say = useSay()
  return (
    <p className="note-line">
      <StateChip tone={count === 0 ? 'good' : 'warning'}>{say('console.board.outbox')}</StateChip>
      {count === 0 ? say('console.board.nothingParked') : say('console.board.parked', { n: count })}
    </p>
  )
}

function LastReadiness({ last }: { readonly last: BoardView['lastReadiness'] }): ReactElement {
  const say = useSay()
  const tone =
    last === null ? 'unknown' : ({ READY: 'good', WARNINGS: 'warning', NOT_READY: 'bad' } as const)[last.verdict]
  return (
    <p className="note-line">
      <StateChip tone={tone}>{say('console.board.readiness')}</StateChip>
      {last === null
        ? say('console.board.neverChecked')
        : say('console.board.checked', {
            at: stamp(last.at),
            verdict: say(`console.readiness.verdict.${last.verdict}`),
          })}
    </p>
  )
}

const ways: readonly (readonly [Extract<ConsoleIntent, { type: 'CONSOLE_GO' }>['screen'], LucideIcon])[] = [
  ['S93', Cable],
  ['S94', ClipboardCheck],
  ['S95', Camera],
  ['S96', Ruler],
  ['S97', ScrollText],
  ['S98', Network],
  ['S99', Settings2],
]

function Ways(): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <nav className="board-ways" aria-label={say('console.board.ways')}>
      {ways.map(([screen, Icon]) => (
        <Press key={screen} kind="plain" onPress={() => send({ type: 'CONSOLE_GO', screen })}>
          <Icon aria-hidden strokeWidth={1.8} />
          {say(`console.title.${screen as 'S93'}`)}
        </Press>
      ))}
      <Press kind="quiet" onPress={() => send({ type: 'CONSOLE_REFRESH' })}>
        <RefreshCw aria-hidden strokeWidth={1.8} />
        {say('console.refresh')}
      </Press>
    </nav>
  )
}
