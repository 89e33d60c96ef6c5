import type { KioskBridge } from '../../ipc/bridge.ts'
import type { Snapshot } from '../../ipc/snapshot.ts'

/** Holds the newest snapshot for React (`useSyncExternalStore`). A snapshot older than the one shown is dropped. */
export class SnapshotStore {
  private current: Snapshot | null = null
  private readonly listeners = new Set<() => void>()

  constructor(bridge: Pick<KioskBridge, 'onSnapshot'>) {
    bridge.onSnapshot((snapshot) => {
      if (this.current !== null && snapshot.seq < this.current.seq) return
      this.current = snapshot
      for (const listener of this.listeners) listener()
    })
  }

  readonly get = (): Snapshot | null => this.current

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }
}
