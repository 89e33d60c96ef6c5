import { fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { OVERWRITE_FREED } from '../lib/forget-memory.ts'
import type { ToFaceProcess } from './protocol.ts'

/** The kiosk's end of a running face process. */
export interface FaceChild {
  send(message: ToFaceProcess): void
  onMessage(listener: (message: unknown) => void): void
  /** Once, when the process has ended or could not be started; `reason` is for the technician. */
  onGone(listener: (reason: string) => void): void
  kill(): void
}

export interface FaceProcessPlace {
  /** The face process' program: `process.ts`, or its bundle. */
  readonly entry: string
  /** The models manifest it loads. */
  readonly manifestFile: string
  /** The Node binary; the running one by default. */
  readonly nodePath?: string
}

/**
 * Frames of a megabyte each pass through: a young heap and malloc arenas of the usual size keep dozens of them for
 * later (250 MB instead of 160 after 400 frames).
 */
const SMALL_YOUNG_HEAP = ['--max-semi-space-size=1']

/** Starts the face process as a child of this one. Its errors go to the same place as ours. */
export function forkFaceProcess(place: FaceProcessPlace): FaceChild {
  const child = fork(place.entry, [place.manifestFile], {
    serialization: 'advanced',
    execPath: place.nodePath ?? process.execPath,
    execArgv: SMALL_YOUNG_HEAP,
    env: { ...process.env, MALLOC_ARENA_MAX: '2', ...OVERWRITE_FREED },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let failure: string | undefined
  child.on('error', (problem) => {
    failure = problem.message
  })
  return {
    send: (message) => {
      // A process that is gone is reported by 'close'; the failed write itself says nothing more.
      if (child.connected) child.send(message, () => undefined)
    },
    onMessage: (listener) => {
      child.on('message', listener)
    },
    onGone: (listener) => {
      child.on('close', (code, signal) => {
        listener(failure ?? `ended with ${code ?? signal ?? 'nothing'}`)
      })
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

/**
 * The same in a thread of this process, for Electron's utility process: a shipped Electron cannot run as plain Node
 * (its `runAsNode` fuse is off), so there it has no binary to fork. A crash of the native runtime then takes the kiosk
 * process with it, which resumes from its store.
 */
export function startFaceThread(place: FaceProcessPlace): FaceChild {
  const worker = new Worker(place.entry, {
    argv: [place.manifestFile],
    stdout: false,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  })
  let failure: string | undefined
  worker.on('error', (problem) => {
    failure = problem instanceof Error ? problem.message : String(problem)
  })
  return {
    send: (message) => {
      worker.postMessage(message)
    },
    onMessage: (listener) => {
      worker.on('message', listener)
    },
    onGone: (listener) => {
      worker.once('exit', (code) => {
        listener(failure ?? `ended with ${code}`)
      })
    },
    kill: () => {
      void worker.terminate()
    },
  }
}
