import { useState, type ReactElement } from 'react'
import type { ProgressStep, View } from '../../ipc/snapshot.ts'
import { text } from '../../ipc/text.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Keys, NumberPad } from '../parts/key-pad.tsx'
import { Press } from '../parts/press.tsx'
import { Remark } from '../parts/remark.tsx'
import { Stage } from '../parts/stage.tsx'
import { Steps } from '../parts/steps.tsx'
import { useNow } from '../parts/use-now.ts'
import { useSay } from '../text/say.ts'

type CodeView = Extract<View, { screen: 'S03'; method: 'CODE' }>

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const MAX_CERTIFICATE_CODE = 20
const SMS_DIGITS = 6

/** S03, the equal way without the face: the code of the certificate, then the code sent to the registered phone. */
export function Code({ view }: { readonly view: CodeView }): ReactElement {
  switch (view.stage) {
    case 'CERTIFICATE':
      return <CertificateCode view={view} />
    case 'SMS':
      return <SmsCode key={`${view.remark?.key ?? ''}${view.triesLeft ?? ''}`} view={view} />
    case 'SENDING':
    case 'CHECKING':
      return <Waiting view={view} stage={view.stage} />
  }
}

function CertificateCode({ view }: { readonly view: CodeView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const [code, setCode] = useState('')
  const [alphabet, setAlphabet] = useState(false)
  const add = (key: string): void => setCode((now) => (now + key).slice(0, MAX_CERTIFICATE_CODE))
  const remove = (): void => setCode((now) => now.slice(0, -1))
  const keyboard = { label: say('keyboard.certificate'), onKey: add, onDelete: remove }
  return (
    <Stage
      stage="CERTIFICATE"
      work="controls"
      title={say('code.certificateTitle')}
      guide={view.remark === null ? say('code.certificateHint') : <Remark remark={view.remark} />}
      lead={
        <output className="field" aria-label={say('code.certificateLabel')} data-empty={code === ''}>
          {code === '' ? say('code.certificatePlaceholder') : grouped(code)}
        </output>
      }
      actions={[
        { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        { label: say('action.BACK'), onPress: () => send({ type: 'BACK' }) },
        {
          label: say('action.NEXT'),
          kind: 'main',
          disabled: code === '',
          onPress: () => send({ type: 'CERTIFICATE_CODE', code }),
        },
      ]}
    >
      {alphabet ? (
        <Keys {...keyboard} keys={letters} columns={9} extra={{ label: '123', onPress: () => setAlphabet(false) }} />
      ) : (
        <NumberPad {...keyboard} extra={{ label: 'ABC', onPress: () => setAlphabet(true) }} />
      )}
    </Stage>
  )
}

/** Four characters at a time are easier to compare with the paper. */
function grouped(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1 ')
}

function SmsCode({ view }: { readonly view: CodeView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const [digits, setDigits] = useState('')
  const add = (key: string): void => setDigits((now) => (now + key).slice(0, SMS_DIGITS))
  const hint = view.phoneMasked === null ? say('code.smsHintUnknown') : say('code.smsHint', { phone: view.phoneMasked })
  return (
    <Stage
      stage="SMS"
      work="controls"
      title={say('code.smsTitle')}
      guide={view.remark === null ? hint : <Remark remark={view.remark} />}
      lead={
        <div className="sms">
          <output className="sms__cells" aria-label={say('code.smsLabel')}>
            {Array.from({ length: SMS_DIGITS }, (_, index) => (
              <span key={index} className="sms__cell" data-now={index === digits.length}>
                {digits[index] ?? ''}
              </span>
            ))}
          </output>
          {view.remark !== null && <p className="aside">{hint}</p>}
          {view.triesLeft !== null && <p className="aside">{say('code.tries', { n: view.triesLeft })}</p>}
        </div>
      }
      actions={[
        { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        { label: say('action.BACK'), onPress: () => send({ type: 'BACK' }) },
        {
          label: say('action.NEXT'),
          kind: 'main',
          disabled: digits.length !== SMS_DIGITS,
          onPress: () => send({ type: 'SMS_CODE', code: digits }),
        },
      ]}
    >
      <Resend from={view.resendFrom} />
      <NumberPad
        label={say('keyboard.digits')}
        onKey={add}
        onDelete={() => setDigits((now) => now.slice(0, -1))}
        extra={{ label: say('action.CLEAR'), onPress: () => setDigits('') }}
      />
    </Stage>
  )
}

function Resend({ from }: { readonly from: number | null }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const seconds = Math.ceil(((from ?? 0) - useNow()) / 1000)
  const early = seconds > 0
  return (
    <Press kind="plain" className="resend" disabled={early} onPress={() => send({ type: 'RESEND_SMS' })}>
      {early ? say('action.RESEND_IN', { seconds }) : say('action.RESEND')}
    </Press>
  )
}

function Waiting({ view, stage }: { readonly view: CodeView; readonly stage: 'SENDING' | 'CHECKING' }): ReactElement {
  const say = useSay()
  return (
    <Stage
      stage={stage}
      title={say(stage === 'SENDING' ? 'code.sendingTitle' : 'code.checkingTitle')}
      guide={view.remark === null ? say('code.wait') : <Remark remark={view.remark} />}
    >
      <Steps steps={stepsOf(stage)} layout="rows" />
    </Stage>
  )
}

function stepsOf(stage: 'SENDING' | 'CHECKING'): ProgressStep[] {
  const sms = stage === 'CHECKING'
  return [
    { label: text('code.step.certificate'), state: sms ? 'done' : 'now' },
    { label: text('code.step.sms'), state: sms ? 'now' : 'todo' },
    { label: text('code.step.done'), state: 'todo' },
  ]
}
