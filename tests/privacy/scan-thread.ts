import { parentPort, workerData } from 'node:worker_threads'
import { isAlive } from '../support/processes.ts'
import { familyOf, needlesOf, scanFolders, scanProcess, tell, type Sighting, type Traces } from './scanner.ts'

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
parentPort?.postMessage(tell([...pids.flatMap(scan), ...scanFolders(folders, needles)]))

/** A child may end while it is looked at, and then holds nothing; what is looked for by its number must be there. */
function scan(pid: number): Sighting[] {
  try {
    return scanProcess(pid, needles)
  } catch (problem) {
    if (roots.includes(pid) || isAlive(pid)) throw problem
    return []
  }
}
