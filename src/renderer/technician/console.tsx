import type { ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { unreachable } from '../../lib/result.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Announcer } from '../parts/announcer.tsx'
import { ProblemPanel, StaffPanel } from '../parts/sheet.tsx'
import { Board } from './board.tsx'
import { Calibration } from './calibration.tsx'
import { CameraCheck } from './camera.tsx'
import { Consumables } from './consumables.tsx'
import { Detect } from './detect.tsx'
import { Device } from './device.tsx'
import { ConsoleBar, ConsoleFoot } from './frame.tsx'
import { Login } from './login.tsx'
import { Readiness } from './readiness.tsx'
import { Site } from './site.tsx'
import { Surroundings } from './surroundings.tsx'

/**
 * The technician's console in a frame of its own. Staff read smaller type and more of it than citizens: large print and
 * low reach do not change it, high contrast does.
 */
export function ConsolePage({ view }: { readonly view: ConsoleView }): ReactElement {
  const { display, problem, staffCalled, viewId } = useKiosk().snapshot
  return (
    <div
      className="app console"
      data-print="normal"
      data-contrast={display.highContrast ? 'high' : 'normal'}
      data-reach="normal"
      data-view={view.screen}
    >
      <ConsoleBar view={view} />
      <div className="middle">
        <ConsoleScreen key={viewId} view={view} />
        {staffCalled ? <StaffPanel /> : problem !== null && <ProblemPanel key={problem.code} problem={problem} />}
      </div>
      <ConsoleFoot view={view} />
      <Announcer />
    </div>
  )
}

function ConsoleScreen({ view }: { readonly view: ConsoleView }): ReactElement {
  switch (view.screen) {
    case 'S90':
      return <Login view={view} />
    case 'S91':
      return <Board view={view} />
    case 'S92':
      return <Device view={view} />
    case 'S93':
      return <Detect view={view} />
    case 'S94':
      return <Readiness view={view} />
    case 'S95':
      return <CameraCheck view={view} />
    case 'S96':
      return <Calibration view={view} />
    case 'S97':
      return <Consumables view={view} />
    case 'S98':
      return <Surroundings view={view} />
    case 'S99':
      return <Site view={view} />
    default:
      return unreachable(view)
  }
}
