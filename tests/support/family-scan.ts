import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Traces } from '../privacy/scanner.ts'

/** What is looked through. */
export interface FamilyOrder {
  /** Electron's main process. */
  readonly root: number
  /** `NAME=value`, in the environment of every process of the family and of no other. */
  readonly mark: string
  /** Processes that hold what the family shows: the display. */
  readonly others: readonly number[]
  readonly folders: readonly string[]
  readonly traces: Traces
}

/** A trace, and where it was: a kind of process, or the path of a file (pid 0). */
export interface Found {
  readonly trace: string
  readonly where: string
  readonly pid: number
}

/** One look, in a thread of its own, so that simulated devices go on living. */
export async function scanFamily(order: FamilyOrder): Promise<readonly Found[]> {
  const worker = new Worker(new URL('./family-scan-thread.ts', import.meta.url), { workerData: order, execArgv: [] })
  const failed = once(worker, 'error').then(([error]) => {
    throw error
  })
  const [found] = (await Promise.race([once(worker, 'message'), failed])) as [Found[]]
  await worker.terminate()
  return found
}

/**
 * Looks until nothing is found, at most for `patienceMs`; then that is what remains.
 * @returns milliseconds until the look that found nothing began
 */
export async function untilNothingIsFound(
  order: FamilyOrder,
  patienceMs: number,
): Promise<{ readonly left: readonly Found[]; readonly ms: number }> {
  const start = performance.now()
  for (;;) {
    const ms = performance.now() - start
    const left = await scanFamily(order)
    if (left.length === 0 || ms > patienceMs) return { left, ms }
  }
}

/** The X server behind `DISPLAY`, from its lock file; none where the display is another computer's or not X. */
export function displayProcess(display: string | undefined): number[] {
  const number = /^:(\d+)/.exec(display ?? '')?.[1]
  try {
    return number === undefined ? [] : [Number(readFileSync(`/tmp/.X${number}-lock`, 'utf8').trim())]
  } catch {
    return []
  }
}

/**
 * What a process of the family does: `kiosk`, `face`, or Chromium's own word (`renderer`, `gpu-process`, `zygote`,
 * `network.mojom.NetworkService`). Chromium overwrites its children's command line with one text, words parted by blanks.
 */
export function kindOf(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]+/)
    const value = (name: string): string | undefined =>
      words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3)
    const entry = words.find((word) => /(kiosk|face)\.mjs$/.test(word))
    if (entry !== undefined) return entry.endsWith('kiosk.mjs') ? 'kiosk' : 'face'
    const service = value('utility-sub-type')
    // Where Electron's own Node runs the kiosk process, it is the one utility process with a Node in it.
    if (service === 'node.mojom.NodeService') return 'kiosk'
    return service ?? value('type') ?? words[0]?.split('/').at(-1) ?? 'unknown'
  } catch {
    return 'gone'
  }
}
