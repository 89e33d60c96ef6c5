import type { ReactElement, ReactNode } from 'react'
import type { DeviceRow } from '../../ipc/console.ts'
import type { TextRef } from '../../ipc/text.ts'
import { ToneIcon, type Tone } from '../parts/tone.tsx'
import { useSay } from '../text/say.ts'

/** A state: colour and icon and word. */
export function StateChip({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }): ReactElement {
  return (
    <span className={`state-chip tone--${tone}`}>
      <ToneIcon tone={tone} />
      {children}
    </span>
  )
}

/** What to do about it; nothing where nothing is to be done. */
export function Remedy({ remedy }: { readonly remedy: TextRef | null }): ReactElement | null {
  const say = useSay()
  return remedy === null ? null : <span className="remedy">{say(remedy)}</span>
}

/** Simulated, or not needed by every service: said in words beside the name. */
export function DeviceMarks({ device }: { readonly device: DeviceRow }): ReactElement {
  const say = useSay()
  return (
    <>
      {device.simulated && <em className="device-mark">{say('console.device.simulated')}</em>}
      {device.optional && <em className="device-mark">{say('console.device.optional')}</em>}
    </>
  )
}
