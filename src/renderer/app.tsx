import type { ReactElement } from 'react'
import type { ConsoleView } from '../ipc/console.ts'
import type { View } from '../ipc/snapshot.ts'
import { unreachable } from '../lib/result.ts'
import { useKiosk } from './link/kiosk-context.tsx'
import { Announcer } from './parts/announcer.tsx'
import { StationBar } from './parts/frame.tsx'
import { Foot } from './parts/idle.tsx'
import { ProblemPanel, StaffPanel } from './parts/sheet.tsx'
import { Landscape } from './pictures/landscape.tsx'
import { Code } from './screens/code.tsx'
import { Consent } from './screens/consent.tsx'
import { Face } from './screens/face.tsx'
import { Home } from './screens/home.tsx'
import { IdCardScreen } from './screens/id-card.tsx'
import { OutOfService } from './screens/out-of-service.tsx'
import { Rating } from './screens/rating.tsx'
import { Confirm } from './services/annual-review/confirm.tsx'
import { Locked } from './services/annual-review/lock.tsx'
import { Print } from './services/annual-review/print.tsx'
import { Review } from './services/annual-review/review.tsx'
import { Take } from './services/annual-review/take.tsx'
import { Vehicles } from './services/annual-review/vehicles.tsx'
import { ConsolePage } from './technician/console.tsx'

type CitizenView = Exclude<View, ConsoleView>

/** The whole page: a function of the snapshot. */
export function App(): ReactElement {
  const { view } = useKiosk().snapshot
  return isConsole(view) ? <ConsolePage view={view} /> : <CitizenPage view={view} />
}

function CitizenPage({ view }: { readonly view: CitizenView }): ReactElement {
  const { display, problem, staffCalled, viewId } = useKiosk().snapshot
  return (
    <div
      className="app"
      data-print={display.largePrint ? 'large' : 'normal'}
      data-contrast={display.highContrast ? 'high' : 'normal'}
      data-reach={display.lowReach ? 'low' : 'normal'}
      data-view={view.screen}
    >
      <StationBar />
      {display.lowReach && (
        <div className="calm" aria-hidden>
          <Landscape />
        </div>
      )}
      <div className="middle">
        <Screen key={taskKey(viewId, view)} view={view} />
        {staffCalled ? <StaffPanel /> : problem !== null && <ProblemPanel key={problem.code} problem={problem} />}
      </div>
      <Foot />
      <Announcer />
    </div>
  )
}

function isConsole(view: View): view is ConsoleView {
  return view.screen.startsWith('S9')
}

/** A new task starts from nothing, except that the camera stays open from one attempt to the next. */
function taskKey(viewId: number, view: CitizenView): string {
  return view.screen === 'S03' && view.method === 'FACE' ? 'face' : `view-${viewId}`
}

function Screen({ view }: { readonly view: CitizenView }): ReactElement {
  switch (view.screen) {
    case 'S00':
      return <Home view={view} />
    case 'S01':
      return <Consent view={view} />
    case 'S02':
      return <IdCardScreen view={view} />
    case 'S03':
      return view.method === 'FACE' ? <Face view={view} /> : <Code view={view} />
    case 'S04':
      return <Vehicles view={view} />
    case 'S05':
      return <Review view={view} />
    case 'S06':
      return <Locked view={view} />
    case 'S07':
      return <Confirm view={view} />
    case 'S08':
      return <Print view={view} />
    case 'S09':
      return <Take view={view} />
    case 'S10':
      return <Rating view={view} />
    case 'OUT':
      return <OutOfService view={view} />
    default:
      return unreachable(view)
  }
}
