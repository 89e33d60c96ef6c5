import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { DockCommand } from '../../src/ipc/rig.ts'

/** A running rig beside the bench. */
export interface RigChild {
  readonly sitePath: string
  command(command: DockCommand): void
  stop(): Promise<void>
}

/** Starts the rig in a process of its own and waits until everything in it answers. */
export async function startRig(): Promise<RigChild> {
  const child = fork(join(import.meta.dirname, 'rig-process.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const sitePath = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { sitePath: string }).sitePath))
    child.once('exit', (code) => reject(new Error(`the rig ended with ${code}`)))
  })
  return {
    sitePath,
    command: (command) => child.send(command),
    stop: () => {
      child.disconnect()
      return ended
    },
  }
}
