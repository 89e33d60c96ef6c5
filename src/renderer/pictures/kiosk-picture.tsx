import type { ReactElement } from 'react'
import { useSay } from '../text/say.ts'
import { CardDrawing, RecordPageDrawing, SlipDrawing } from './things.tsx'

export type Slot = 'camera' | 'card' | 'certificate' | 'receipt'

/** Where each slot is on the drawing of this kiosk (front view). */
const places: Readonly<Record<Slot, { x: number; y: number; rx: number; ry: number }>> = {
  camera: { x: 212, y: 62, rx: 30, ry: 30 },
  certificate: { x: 146, y: 440, rx: 76, ry: 32 },
  card: { x: 302, y: 440, rx: 58, ry: 40 },
  receipt: { x: 272, y: 530, rx: 56, ry: 24 },
}

/**
 * The whole kiosk on the left with the slot lit, the slot itself large on the right with the thing and the way it goes.
 * `way` is the direction of the arrow: put in, or take out.
 */
export function KioskPicture({ lit, way }: { readonly lit: Slot; readonly way: 'in' | 'out' | 'still' }): ReactElement {
  const say = useSay()
  const { x, y, rx, ry } = places[lit]
  return (
    <svg
      className="kiosk-picture"
      viewBox="0 0 968 640"
      role="img"
      aria-label={say('kiosk.picture', { slot: say(`kiosk.${lit}`) })}
    >
      <KioskBody />
      <ellipse className="k-halo" cx={x} cy={y} rx={rx + 20} ry={ry + 20} />
      <SlotMarks lit={lit} />
      <ellipse className="k-ring" cx={x} cy={y} rx={rx + 8} ry={ry + 8} />
      <path className="k-leader" d={`M${x + rx + 8} ${y} C ${x + rx + 90} ${y}, 400 320, 452 320`} />
      <circle className="k-lens" cx="700" cy="320" r="252" />
      <clipPath id="k-lens-clip">
        <circle cx="700" cy="320" r="250" />
      </clipPath>
      <g clipPath="url(#k-lens-clip)">
        <g transform="translate(700 320)">
          <CloseUp slot={lit} way={way} />
        </g>
      </g>
    </svg>
  )
}

function KioskBody(): ReactElement {
  return (
    <g>
      <ellipse className="k-shadow" cx="214" cy="622" rx="176" ry="12" />
      <path className="k-side" d="M336 60 L356 76 V596 L336 604 Z" />
      <rect className="k-body" x="88" y="26" width="250" height="584" rx="22" />
      <rect className="k-body k-plinth" x="70" y="592" width="288" height="28" rx="8" />
      <rect className="k-head" x="88" y="26" width="250" height="72" rx="22" />
      <circle className="k-camera" cx="212" cy="62" r="15" />
      <circle className="k-glass" cx="212" cy="62" r="7" />
      <rect className="k-bezel" x="106" y="104" width="214" height="276" rx="10" />
      <rect className="k-screen" x="116" y="114" width="194" height="256" rx="4" />
      <path className="k-ui" d="M134 140 h90 M134 164 h150" />
      <rect className="k-ui-tile" x="134" y="226" width="158" height="54" rx="6" />
      <rect className="k-ui-tile k-ui-tile--soft" x="134" y="290" width="74" height="40" rx="6" />
      <rect className="k-ui-tile k-ui-tile--soft" x="218" y="290" width="74" height="40" rx="6" />
      <path className="k-deck" d="M74 396 H352 L368 484 H58 Z" />
      <path className="k-edge-line" d="M58 484 H368" />
      <path className="k-vent" d="M118 560 h72 M118 574 h72" />
      <circle className="k-jack" cx="120" cy="512" r="6" />
      <path className="k-braille" d="M140 512 h0.1 M150 512 h0.1 M160 512 h0.1 M140 522 h0.1 M160 522 h0.1" />
    </g>
  )
}

function SlotMarks({ lit }: { readonly lit: Slot }): ReactElement {
  const on = (slot: Slot): string => (slot === lit ? 'k-slot k-slot--lit' : 'k-slot')
  return (
    <g>
      <rect className={on('certificate')} x="84" y="430" width="124" height="20" rx="6" />
      <rect className={on('card')} x="256" y="412" width="92" height="56" rx="10" />
      <path className="k-wave" d="M290 452 q12 -12 24 0 M282 444 q20 -20 40 0" />
      <rect className={on('receipt')} x="226" y="524" width="92" height="13" rx="5" />
      {lit === 'camera' && <circle className="k-camera k-camera--lit" cx="212" cy="62" r="15" />}
    </g>
  )
}

function CloseUp({ slot, way }: { readonly slot: Slot; readonly way: 'in' | 'out' | 'still' }): ReactElement {
  switch (slot) {
    case 'card':
      return (
        <g>
          <rect className="k-panel" x="-260" y="-260" width="520" height="520" />
          <path className="k-pad-glow" d="M-176 40 H176 L214 214 H-214 Z" />
          <path className="k-pad" d="M-150 58 H150 L182 196 H-182 Z" />
          <path className="k-wave k-wave--large" d="M-36 168 q36 -30 72 0 M-66 146 q66 -54 132 0" />
          <g transform="translate(0 -62) skewX(-6) scale(1 0.92)">
            <CardDrawing />
          </g>
          <Arrow x={0} y={84} way={way} />
        </g>
      )
    case 'certificate':
      return (
        <g>
          <rect className="k-panel" x="-260" y="-260" width="520" height="520" />
          <rect className="k-mouth-glow" x="-214" y="-150" width="428" height="64" rx="22" />
          <rect className="k-mouth" x="-192" y="-134" width="384" height="32" rx="12" />
          <clipPath id="k-mouth-clip">
            <rect x="-260" y="-118" width="520" height="380" />
          </clipPath>
          <g clipPath="url(#k-mouth-clip)">
            <g transform={`translate(0 ${way === 'in' ? 74 : 96})`}>
              <RecordPageDrawing marked={way === 'out'} />
            </g>
          </g>
          <path className="k-lip" d="M-192 -118 h384" />
          <Arrow x={0} y={176} way={way === 'in' ? 'up' : way === 'out' ? 'in' : 'still'} />
          {way === 'still' && <DoNotPull />}
        </g>
      )
    case 'receipt':
      return (
        <g>
          <rect className="k-panel" x="-260" y="-260" width="520" height="520" />
          <rect className="k-mouth-glow" x="-158" y="-170" width="316" height="64" rx="22" />
          <rect className="k-mouth" x="-136" y="-154" width="272" height="32" rx="12" />
          <g transform="translate(0 14)">
            <SlipDrawing />
          </g>
          <rect className="k-mouth" x="-136" y="-154" width="272" height="18" rx="9" />
          <Arrow x={168} y={60} way={way} />
        </g>
      )
    case 'camera':
      return (
        <g>
          <rect className="k-panel" x="-260" y="-260" width="520" height="520" />
          <circle className="k-mouth-glow" r="132" />
          <circle className="k-bezel" r="104" />
          <circle className="k-glass k-glass--large" r="62" />
          <circle className="k-shine" cx="-22" cy="-24" r="14" />
        </g>
      )
  }
}

function Arrow({
  x,
  y,
  way,
}: {
  readonly x: number
  readonly y: number
  readonly way: 'in' | 'out' | 'up' | 'still'
}): ReactElement | null {
  if (way === 'still') return null
  const turn = way === 'up' ? 180 : 0
  return (
    <g transform={`translate(${x} ${y}) rotate(${turn})`}>
      <path className="k-arrow" d="M-20 -62 h40 v58 h34 L0 58 L-54 -4 h34 Z" />
    </g>
  )
}

/** The arrow outwards, struck out. */
function DoNotPull(): ReactElement {
  return (
    <g transform="translate(0 148)">
      <circle className="k-stop" r="72" />
      <path className="k-stop-arrow" d="M-13 -44 h26 v44 h24 L0 46 L-37 0 h24 Z" />
      <path className="k-stop-bar" d="M-51 -51 L51 51" />
    </g>
  )
}
