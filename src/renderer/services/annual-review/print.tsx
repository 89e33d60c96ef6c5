import { ShieldCheck, Timer } from 'lucide-react'
import type { ReactElement } from 'react'
import type { View } from '../../../ipc/snapshot.ts'
import { useKiosk } from '../../link/kiosk-context.tsx'
import { Plate } from '../../parts/plate.tsx'
import { Stage, type Action } from '../../parts/stage.tsx'
import { Steps } from '../../parts/steps.tsx'
import { ToneIcon, type Tone } from '../../parts/tone.tsx'
import { KioskPicture, type Slot } from '../../pictures/kiosk-picture.tsx'
import { useSay } from '../../text/say.ts'

type PrintView = Extract<View, { screen: 'S08' }>
type Ended = 'FAILED' | 'UNKNOWN' | 'VOIDED'
type Going = Exclude<PrintView['stage'], Ended>

const pictures: Readonly<Record<Going, { lit: Slot; way: 'in' | 'out' | 'still' }>> = {
  AUTHORIZING: { lit: 'certificate', way: 'in' },
  INSERT_CERTIFICATE: { lit: 'certificate', way: 'in' },
  PLACE_CERTIFICATE: { lit: 'certificate', way: 'in' },
  PRINTING: { lit: 'certificate', way: 'still' },
  TAKE_OUT: { lit: 'certificate', way: 'out' },
  RECEIPT: { lit: 'receipt', way: 'out' },
}

const endTones: Readonly<Record<Ended, Tone>> = { FAILED: 'warning', UNKNOWN: 'unknown', VOIDED: 'bad' }

/** S08: the certificate into the printer, the print, and what is when it did not go well. */
export function Print({ view }: { readonly view: PrintView }): ReactElement {
  switch (view.stage) {
    case 'FAILED':
    case 'UNKNOWN':
    case 'VOIDED':
      return <NotPrinted view={view} stage={view.stage} />
    default:
      return <Printing view={view} stage={view.stage} />
  }
}

function Printing({ view, stage }: { readonly view: PrintView; readonly stage: Going }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const placed: Action[] =
    stage === 'PLACE_CERTIFICATE'
      ? [{ label: say('action.PLACED'), kind: 'main', onPress: () => send({ type: 'CONTINUE' }) }]
      : []
  const waiting: Action[] =
    stage === 'INSERT_CERTIFICATE' || stage === 'PLACE_CERTIFICATE'
      ? [
          { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
          { label: say('action.CALL_STAFF'), onPress: () => send({ type: 'CALL_STAFF', open: true }) },
          ...placed,
        ]
      : []
  return (
    <Stage
      stage={stage}
      title={say(`print.stage.${stage}.title`)}
      guide={<span className={stage === 'PRINTING' ? 'do-not' : ''}>{say(`print.stage.${stage}.todo`)}</span>}
      lead={<KioskPicture {...pictures[stage]} />}
      actions={waiting}
    >
      <Steps steps={view.steps} />
      <div className="print__foot">
        <Plate vehicle={view.vehicle} />
        <p className="aside">
          <Timer aria-hidden strokeWidth={1.8} />
          <span>
            {say(stage === 'RECEIPT' || stage === 'TAKE_OUT' ? 'print.next' : 'print.time')}
            {view.attempt > 1 && <strong>{say('print.attempt', { n: view.attempt - 1 })}</strong>}
          </span>
        </p>
      </div>
    </Stage>
  )
}

function NotPrinted({ view, stage }: { readonly view: PrintView; readonly stage: Ended }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const retry: Action[] =
    stage === 'FAILED' ? [{ label: say('action.RETRY'), kind: 'main', onPress: () => send({ type: 'RETRY' }) }] : []
  return (
    <Stage
      stage={stage}
      title={say(`print.stage.${stage}.title`)}
      guide={say(`print.stage.${stage}.todo`)}
      lead={
        <div className={`outcome tone--${endTones[stage]}`}>
          <ToneIcon tone={endTones[stage]} />
          <Plate vehicle={view.vehicle} size="large" />
        </div>
      }
      actions={[
        { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        {
          label: say('action.CALL_STAFF'),
          kind: stage === 'FAILED' ? 'plain' : 'main',
          onPress: () => send({ type: 'CALL_STAFF', open: true }),
        },
        ...retry,
      ]}
    >
      <p className="assurance">
        <ShieldCheck aria-hidden />
        {say(`print.assurance.${stage}`)}
      </p>
      <Steps steps={view.steps} />
    </Stage>
  )
}
