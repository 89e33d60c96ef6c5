import { useRef, useState, type PointerEvent, type ReactElement } from 'react'
import { useSay } from '../text/say.ts'
import { Press } from './press.tsx'
import { beginStroke, extendStroke, isSignature, strokePath, type Stroke, type StrokePoint } from './signature.ts'

interface SignaturePadProps {
  /** What is to be written, said to those who do not see the field. */
  readonly label: string
  readonly confirmLabel: string
  readonly onConfirm: (strokes: readonly Stroke[]) => void
}

/** Units of the drawing; the field keeps this shape. */
const FIELD = { width: 800, height: 320 } as const

/** A field to sign in with one finger or pen. What is written stays in the page until it is confirmed. */
export function SignaturePad({ label, confirmLabel, onConfirm }: SignaturePadProps): ReactElement {
  const say = useSay()
  const [strokes, setStrokes] = useState<readonly Stroke[]>([])
  const began = useRef<number | null>(null)
  const drawing = useRef(false)

  const pointOf = (event: PointerEvent<SVGSVGElement>): StrokePoint => {
    const box = event.currentTarget.getBoundingClientRect()
    began.current ??= event.timeStamp
    return {
      x: (event.clientX - box.left) / box.width,
      y: (event.clientY - box.top) / box.height,
      pressure: event.pressure,
      ms: event.timeStamp - began.current,
    }
  }
  const down = (event: PointerEvent<SVGSVGElement>): void => {
    if (!event.isPrimary) return
    drawing.current = true
    event.currentTarget.setPointerCapture(event.pointerId)
    const point = pointOf(event)
    setStrokes((now) => beginStroke(now, point))
  }
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    if (!event.isPrimary || !drawing.current) return
    const point = pointOf(event)
    setStrokes((now) => extendStroke(now, point))
  }
  const up = (): void => {
    drawing.current = false
  }
  const clear = (): void => {
    began.current = null
    setStrokes([])
  }
  return (
    <div className="signature">
      <svg
        className="signature__field"
        viewBox={`0 0 ${FIELD.width} ${FIELD.height}`}
        role="img"
        aria-label={label}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
      >
        <path className="signature__line" d={`M60 ${FIELD.height * 0.78}H${FIELD.width - 60}`} />
        <path className="signature__ink" d={strokePath(strokes, FIELD.width, FIELD.height)} />
      </svg>
      <div className="signature__actions">
        <Press kind="quiet" disabled={strokes.length === 0} onPress={clear}>
          {say('action.CLEAR')}
        </Press>
        <Press kind="main" disabled={!isSignature(strokes)} onPress={() => onConfirm(strokes)}>
          {confirmLabel}
        </Press>
      </div>
    </div>
  )
}
