import { FromRig, type DockCommand, type DockState, type ToRig } from '../ipc/rig.ts'
import type { ChildLink } from './child/link.ts'

export interface RigEvents {
  readonly onReady: (sitePath: string) => void
  readonly onDockState: (state: DockState) => void
  readonly onFailed: (detail: string) => void
}

export interface Rig {
  command(command: DockCommand): void
  stop(): void
}

/** Speaks with the rig: simulated devices and embedded centre, in development only. A rig that ends is not restarted. */
export function attachRig(link: ChildLink, events: RigEvents): Rig {
  let stopping = false
  link.onMessage((raw) => {
    const message = FromRig.safeParse(raw)
    if (!message.success) {
      events.onFailed('the rig sent a message outside the contract')
      return
    }
    switch (message.data.type) {
      case 'ready':
        events.onReady(message.data.sitePath)
        return
      case 'dock-state':
        events.onDockState(message.data.state)
        return
      case 'failed':
        events.onFailed(message.data.detail)
        return
    }
  })
  link.onExit((detail) => {
    if (!stopping) events.onFailed(`the rig ended: ${detail}`)
  })
  return {
    command: (command) => {
      link.post({ type: 'dock', command } satisfies ToRig)
    },
    stop: () => {
      stopping = true
      link.post({ type: 'shutdown' } satisfies ToRig)
    },
  }
}
