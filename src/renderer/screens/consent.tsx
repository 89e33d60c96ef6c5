import { Camera, DoorOpen, FileLock, MessageSquareText, ScanFace } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import type { View } from '../../ipc/snapshot.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import { Press } from '../parts/press.tsx'
import { Stage } from '../parts/stage.tsx'
import { useSay } from '../text/say.ts'

type ConsentView = Extract<View, { screen: 'S01' }>

/** S01: first the notice (PIPL art. 17), then – apart from it – the consent to face verification (arts 28–30). */
export function Consent({ view }: { readonly view: ConsentView }): ReactElement {
  return view.stage === 'NOTICE' ? <Notice /> : <FaceConsent unavailable={view.faceUnavailable} />
}

const points = ['who', 'purpose', 'method', 'kinds', 'retention', 'rights'] as const

function Notice(): ReactElement {
  const { snapshot, send } = useKiosk()
  const say = useSay()
  const { stationName: station, helpPhone: phone } = snapshot.header
  return (
    <Stage
      stage="NOTICE"
      title={say('notice.title')}
      guide={say('notice.lead')}
      actions={[
        { label: say('action.DISAGREE_NOTICE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        { label: say('action.AGREE_NOTICE'), kind: 'main', onPress: () => send({ type: 'AGREE_NOTICE' }) },
      ]}
    >
      <Pages className="notice">
        {[
          ...points.map((point) => (
            <Point key={point} term={say(`notice.${point}.term`)}>
              {say(`notice.${point}.text`, { station })}
            </Point>
          )),
          <p key="phone" className="notice__phone">
            {say('notice.phone', { phone })}
          </p>,
        ]}
      </Pages>
    </Stage>
  )
}

function Point({
  term,
  icon,
  children,
}: {
  readonly term: string
  readonly icon?: ReactNode
  readonly children: ReactNode
}): ReactElement {
  return (
    <div className="point">
      {icon}
      <strong className="point__term">{term}</strong>
      <span className="point__text">{children}</span>
    </div>
  )
}

function FaceConsent({ unavailable }: { readonly unavailable: ConsentView['faceUnavailable'] }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Stage
      stage="FACE_CONSENT"
      work="controls"
      title={say('consent.title')}
      guide={unavailable === null ? say('consent.lead') : say(unavailable)}
      lead={
        <Pages className="consent__points">
          {[
            <Point key="why" term={say('consent.why.term')} icon={<Camera aria-hidden />}>
              {say('consent.why.text')}
            </Point>,
            <Point key="kept" term={say('consent.kept.term')} icon={<FileLock aria-hidden />}>
              {say('consent.kept.text')}
            </Point>,
            <Point key="right" term={say('consent.right.term')} icon={<DoorOpen aria-hidden />}>
              {say('consent.right.text')}
            </Point>,
          ]}
        </Pages>
      }
      actions={[
        { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        { label: say('action.BACK'), onPress: () => send({ type: 'BACK' }) },
      ]}
    >
      <div className="ways">
        <Way
          icon={<ScanFace aria-hidden strokeWidth={1.6} />}
          way="face"
          disabled={unavailable !== null}
          onPress={() => send({ type: 'CONSENT_FACE', agree: true })}
        />
        <Way
          icon={<MessageSquareText aria-hidden strokeWidth={1.6} />}
          way="code"
          onPress={() => send({ type: 'CONSENT_FACE', agree: false })}
        />
      </div>
    </Stage>
  )
}

interface WayProps {
  readonly icon: ReactNode
  readonly way: 'face' | 'code'
  readonly disabled?: boolean
  readonly onPress: () => void
}

/** The two ways are drawn alike and equally large: neither is pushed. */
function Way({ icon, way, disabled = false, onPress }: WayProps): ReactElement {
  const say = useSay()
  return (
    <Press kind="choice" className="way" onPress={onPress} disabled={disabled}>
      <span className="way__icon">{icon}</span>
      <strong className="way__title">{say(`consent.${way}.title`)}</strong>
      <span className="way__note">{disabled ? say('consent.unavailable') : say(`consent.${way}.how`)}</span>
      {!disabled && <span className="way__note">{say(`consent.${way}.need`)}</span>}
      <span className="way__button">{say(`consent.${way}.button`)}</span>
    </Press>
  )
}
