import { createContext, useContext } from 'react'
import type { KioskBridge } from '../../ipc/bridge.ts'
import type { Intent } from '../../ipc/intent.ts'
import type { Snapshot } from '../../ipc/snapshot.ts'

/** What every part of the screen may use: the snapshot, and the way to answer. */
export interface KioskLink {
  readonly snapshot: Snapshot
  readonly send: (intent: Intent) => void
  readonly bridge: Pick<KioskBridge, 'sendFrame' | 'sendCamera'>
}

export const KioskContext = createContext<KioskLink | null>(null)

export function useKiosk(): KioskLink {
  const link = useContext(KioskContext)
  if (link === null) throw new Error('a screen is rendered outside of the kiosk context')
  return link
}
