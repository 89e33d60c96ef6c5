import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, type LucideIcon } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Press } from '../parts/press.tsx'
import { Remark } from '../parts/remark.tsx'
import type { Tone } from '../parts/tone.tsx'
import { useSay, type Say } from '../text/say.ts'
import { CalibrationPicture, EXAGGERATION } from './calibration-picture.tsx'
import { ConsoleStage } from './frame.tsx'
import { movedBy, type Shift } from './shift.ts'
import { StateChip } from './state.tsx'

type CalibrationView = Extract<ConsoleView, { screen: 'S96' }>

const tones: Readonly<Record<CalibrationView['stage'], Tone>> = {
  IDLE: 'info',
  INSERT: 'info',
  PRINTING: 'info',
  PRINTED: 'good',
  SAVING: 'info',
  FAILED: 'bad',
}

/** S96: a ruler page, and the millimetres by which print is moved. */
export function Calibration({ view }: { readonly view: CalibrationView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const { shift, move, reset } = useShift(view)
  const busy = view.stage === 'PRINTING' || view.stage === 'SAVING'
  const changed = shift.dxMm !== view.saved.dxMm || shift.dyMm !== view.saved.dyMm
  return (
    <ConsoleStage
      stage={view.stage}
      title={say('console.title.S96')}
      guide={say('console.guide.S96')}
      columns="two"
      actions={[
        { label: say('console.calibration.reset'), disabled: busy || !changed, onPress: reset },
        {
          label: say('console.calibration.ruler'),
          kind: changed ? 'plain' : 'main',
          disabled: busy || view.stage === 'INSERT',
          onPress: () => send({ type: 'CONSOLE_RULER' }),
        },
        {
          label: say('console.calibration.save'),
          kind: changed ? 'main' : 'plain',
          disabled: busy || !changed,
          onPress: () => send({ type: 'CONSOLE_SAVE_CALIBRATION' }),
        },
      ]}
    >
      <div className="console-column calibration__shown">
        <CalibrationPicture pageMm={view.pageMm} shift={shift} />
        <p className="calibration__scale">{say('console.calibration.scale', { n: EXAGGERATION })}</p>
      </div>
      <div className="console-column">
        <p className="calibration__stage">
          <StateChip tone={tones[view.stage]}>{say(`console.calibration.stage.${view.stage}`)}</StateChip>
          <span>{say(`console.calibration.todo.${view.stage}`)}</span>
        </p>
        {view.remark !== null && <Remark remark={view.remark} />}
        <dl className="calibration__values">
          <dt>{say('console.calibration.now')}</dt>
          <dd>{written(shift, say)}</dd>
          <dt>{say('console.calibration.saved')}</dt>
          <dd>{written(view.saved, say)}</dd>
        </dl>
        <div className="steppers">
          {directions.map(({ way, Icon, x, y }) => (
            <div key={way} className="stepper" role="group" aria-label={say(`console.calibration.way.${way}`)}>
              <span className="stepper__way">
                <Icon aria-hidden />
                {say(`console.calibration.way.${way}`)}
              </span>
              {[0.1, 1].map((step) => (
                <Press
                  key={step}
                  kind="key"
                  disabled={busy}
                  label={say('console.calibration.step', { way: say(`console.calibration.way.${way}`), step })}
                  onPress={() => move(x * step, y * step)}
                >
                  {step.toFixed(1)}
                </Press>
              ))}
            </div>
          ))}
        </div>
      </div>
    </ConsoleStage>
  )
}

const directions: readonly { way: 'left' | 'right' | 'up' | 'down'; Icon: LucideIcon; x: number; y: number }[] = [
  { way: 'left', Icon: ArrowLeft, x: -1, y: 0 },
  { way: 'right', Icon: ArrowRight, x: 1, y: 0 },
  { way: 'up', Icon: ArrowUp, x: 0, y: -1 },
  { way: 'down', Icon: ArrowDown, x: 0, y: 1 },
]

/** What was pressed counts at once, so that two quick steps are two steps; what the kiosk says afterwards counts more. */
function useShift(view: CalibrationView): { shift: Shift; move: (x: number, y: number) => void; reset: () => void } {
  const { send } = useKiosk()
  const [wish, setWish] = useState({ heard: view.trial, shift: view.trial })
  const heard = wish.heard.dxMm === view.trial.dxMm && wish.heard.dyMm === view.trial.dyMm
  const shift = heard ? wish.shift : view.trial
  const set = (next: Shift): void => {
    setWish({ heard: view.trial, shift: next })
    send({ type: 'CONSOLE_CALIBRATE', ...next })
  }
  return { shift, move: (x, y) => set(movedBy(shift, x, y)), reset: () => set(view.saved) }
}

function written({ dxMm, dyMm }: Shift, say: Say): string {
  return [
    say(dxMm < 0 ? 'console.calibration.toLeft' : 'console.calibration.toRight', { mm: Math.abs(dxMm).toFixed(1) }),
    say(dyMm < 0 ? 'console.calibration.toTop' : 'console.calibration.toBottom', { mm: Math.abs(dyMm).toFixed(1) }),
  ].join('，')
}
