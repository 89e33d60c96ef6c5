import { AArrowUp, Accessibility, Contrast, Headset, ShieldCheck } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Emblem } from '../pictures/emblem.tsx'
import { useSay } from '../text/say.ts'
import type { TextKey } from '../text/texts.ts'
import { wallTime, writtenDate } from '../text/written.ts'
import { Press } from './press.tsx'
import { useNow } from './use-now.ts'

/** Station, kiosk and the clock of the hall. */
export function StationBar(): ReactElement {
  const { header } = useKiosk().snapshot
  const say = useSay()
  return (
    <div className="station">
      <Emblem />
      <p className="station__name">
        <strong>{header.stationName}</strong>
        <span>
          {header.kioskName}
          {header.mode === 'demo' && <em className="station__demo">{say('app.demoMark')}</em>}
        </span>
      </p>
      <Clock />
    </div>
  )
}

function Clock(): ReactElement {
  const say = useSay()
  const { date, time, weekday } = wallTime(useNow())
  const day = say('header.weekdays').charAt(weekday)
  return (
    <p className="clock">
      <time className="clock__time">{time}</time>
      <span className="clock__date">
        {writtenDate(date).slice(5)} {say('header.weekday', { day })}
      </span>
    </p>
  )
}

/** How the screen is shown, and help. In reach: at the foot of the portrait screen, in the header of a landscape one. */
export function Tools(): ReactElement {
  const { snapshot, send } = useKiosk()
  const say = useSay()
  const { largePrint, highContrast, lowReach } = snapshot.display
  return (
    <div className="tools" role="group" aria-label={say('header.tools')}>
      <Press kind="tool" pressed={largePrint} onPress={() => send({ type: 'SET_DISPLAY', largePrint: !largePrint })}>
        <AArrowUp aria-hidden />
        {say('header.largePrint')}
      </Press>
      <Press
        kind="tool"
        pressed={highContrast}
        onPress={() => send({ type: 'SET_DISPLAY', highContrast: !highContrast })}
      >
        <Contrast aria-hidden />
        {say('header.highContrast')}
      </Press>
      <Press
        kind="tool"
        className="reach"
        pressed={lowReach}
        onPress={() => send({ type: 'SET_DISPLAY', lowReach: !lowReach })}
      >
        <Accessibility aria-hidden />
        {say('header.lowReach')}
      </Press>
      <HelpButton />
    </div>
  )
}

export function HelpButton(): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Press kind="tool" className="help" onPress={() => send({ type: 'CALL_STAFF', open: true })}>
      <Headset aria-hidden />
      {say('header.help')}
    </Press>
  )
}

/** What is recorded on this screen; beside it the number to call, or what is more urgent. */
export function PrivacyLine({ aside }: { readonly aside?: ReactNode }): ReactElement {
  const { view, header } = useKiosk().snapshot
  const say = useSay()
  const key: TextKey = view.screen === 'S03' && view.method === 'FACE' ? 'footer.S03_FACE' : `footer.${view.screen}`
  return (
    <p className="privacy">
      <ShieldCheck aria-hidden />
      <span className="privacy__text">{say(key)}</span>
      <span className="privacy__aside">{aside ?? say('footer.hotline', { phone: header.helpPhone })}</span>
    </p>
  )
}
