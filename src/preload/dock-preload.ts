import { contextBridge, ipcRenderer } from 'electron'
import { dockChannels } from '../ipc/bridge.ts'
import type { DockBridge, DockState } from '../ipc/rig.ts'

const bridge: DockBridge = {
  onState(listener) {
    const pass = (_event: unknown, state: DockState): void => {
      listener(state)
    }
    ipcRenderer.on(dockChannels.state, pass)
    ipcRenderer.send(dockChannels.ready)
    return () => {
      ipcRenderer.off(dockChannels.state, pass)
    }
  },
  send(command) {
    ipcRenderer.send(dockChannels.command, command)
  },
}

contextBridge.exposeInMainWorld('dock', bridge)
