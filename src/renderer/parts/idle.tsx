import type { ReactElement } from 'react'
import type { Snapshot } from '../../ipc/snapshot.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { useSay } from '../text/say.ts'
import { HelpButton, PrivacyLine, Tools } from './frame.tsx'
import { Press } from './press.tsx'
import { Ring } from './ring.tsx'
import { useNow } from './use-now.ts'

/** The ring is shown for the last minute. */
const RING_MS = 60_000

/** The foot of the screen: tools and privacy line; towards the end of the time, the ring and 我还在 in their place. */
export function Foot(): ReactElement {
  const { countdown } = useKiosk().snapshot
  return <footer className="foot">{countdown === null ? <QuietFoot /> : <TimedFoot countdown={countdown} />}</footer>
}

function QuietFoot(): ReactElement {
  return (
    <>
      <Tools />
      <PrivacyLine />
    </>
  )
}

function TimedFoot({ countdown }: { readonly countdown: NonNullable<Snapshot['countdown']> }): ReactElement {
  const say = useSay()
  const now = useNow()
  const left = Math.max(0, countdown.endsAt - now)
  const seconds = Math.ceil(left / 1000)
  if (now >= countdown.warnAt)
    return <StillThere seconds={seconds} share={left / (countdown.endsAt - countdown.warnAt)} />
  return (
    <>
      <Tools />
      {left > RING_MS ? (
        <PrivacyLine />
      ) : (
        <PrivacyLine
          aside={
            <>
              <Ring className="ring--small" value={left / RING_MS} />
              {say('idle.remaining', { seconds })}
            </>
          }
        />
      )}
    </>
  )
}

function StillThere({ seconds, share }: { readonly seconds: number; readonly share: number }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <div className="still" role="alertdialog" aria-label={say('idle.question')}>
      <Ring className="ring--large" value={share}>
        {seconds}
      </Ring>
      <p className="still__words" aria-live="assertive">
        <strong>{say('idle.question')}</strong>
        <span>{say('idle.consequence', { seconds })}</span>
      </p>
      <Press kind="main" className="still__stay" onPress={() => send({ type: 'STILL_HERE' })}>
        {say('idle.stay')}
      </Press>
      <HelpButton />
    </div>
  )
}
