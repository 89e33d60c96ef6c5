import type { ForkOptions, UtilityProcess } from 'electron'
import { OVERWRITE_FREED } from '../../lib/forget-memory.ts'
import type { ChildLink, ChildSpec, Spawn } from './link.ts'

export type UtilityFork = (modulePath: string, args: string[], options: ForkOptions) => UtilityProcess

/** Starts children as Electron utility processes. Only after `app` is ready. */
export function utilitySpawn(fork: UtilityFork): Spawn {
  return (spec) => start(fork, spec)
}

function start(fork: UtilityFork, spec: ChildSpec): ChildLink {
  const child = fork(spec.modulePath, [], {
    serviceName: spec.name,
    stdio: 'inherit',
    env: { ...spec.env, ...OVERWRITE_FREED },
  })
  return {
    get pid() {
      return child.pid
    },
    post: (message) => {
      child.postMessage(message)
    },
    onMessage: (listener) => {
      child.on('message', listener)
    },
    onExit: (listener) => {
      child.once('exit', (code) => {
        listener(`exit code ${code}`, code)
      })
    },
    // `child.kill()` asks politely (SIGTERM), which a frozen process never hears.
    kill: () => {
      if (child.pid === undefined) child.kill()
      else process.kill(child.pid, 'SIGKILL')
    },
  }
}
