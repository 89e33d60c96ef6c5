import { fork } from 'node:child_process'
import { OVERWRITE_FREED } from '../../lib/forget-memory.ts'
import type { ChildLink, ChildSpec, Spawn } from './link.ts'

/** A small young generation lets go of camera frames sooner. */
export const NODE_ARGV: readonly string[] = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2']

/**
 * Starts children as plain Node processes with the Node at `nodePath`. Needed where Electron's own Node is too old for
 * the native modules (Node-API < 10), and for the rig.
 */
export function nodeSpawn(nodePath: string): Spawn {
  return (spec) => start(nodePath, spec)
}

function start(nodePath: string, spec: ChildSpec): ChildLink {
  const child = fork(spec.modulePath, [], {
    execPath: nodePath,
    execArgv: [...NODE_ARGV],
    env: { ...withoutElectron(spec.env), ...OVERWRITE_FREED },
    // Structured clone on the line: camera frames travel as bytes, not as JSON.
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  // A message written to a child that has just died fails here; its exit is reported below and is what counts.
  child.on('error', () => undefined)
  return {
    pid: child.pid,
    post: (message) => {
      if (child.connected) child.send(message as object, () => undefined)
    },
    onMessage: (listener) => {
      child.on('message', listener)
    },
    onExit: (listener) => {
      let told = false
      const tell = (detail: string, code?: number): void => {
        if (!told) listener(detail, code)
        told = true
      }
      child.once('exit', (code, signal) => {
        tell(signal === null ? `exit code ${code ?? -1}` : `signal ${signal}`, code ?? undefined)
      })
      child.once('error', (error) => {
        if (child.pid === undefined) tell(error.message)
      })
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

/** Variables meant for Electron's Node that would change a plain one. */
function withoutElectron(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: undefined }
}
