import { parentPort, workerData } from 'node:worker_threads'
import { familyOf, needlesOf, scanFolders, scanProcess, tell, type Traces } from './scanner.ts'

/** What one scan looks through. */
export interface ScanOrder {
  /** Processes that are looked at with all they have started, except those under `spare`. */
  readonly roots: readonly number[]
  /** Processes that hold the traces lawfully: the rig with the centre in it. */
  readonly spare?: readonly number[]
  readonly folders: readonly string[]
  readonly traces: Traces
}

const { roots, spare = [], folders, traces } = workerData as ScanOrder
const spared = new Set(spare.flatMap(familyOf))
const needles = needlesOf(traces)
const pids = [...new Set(roots.flatMap(familyOf))].filter((pid) => !spared.has(pid))
parentPort?.postMessage(tell([...pids.flatMap((pid) => scanProcess(pid, needles)), ...scanFolders(folders, needles)]))
