import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ScanOrder } from './scan-thread.ts'

/** Looks for the traces in a thread of its own, so that simulated devices go on living; one line for each sighting. */
export async function scan(order: ScanOrder): Promise<string[]> {
  const worker = new Worker(new URL('./scan-thread.ts', import.meta.url), { workerData: order, execArgv: [] })
  const [found] = (await Promise.race([once(worker, 'message'), once(worker, 'error').then(fail)])) as [string[]]
  await worker.terminate()
  return found
}

function fail([error]: unknown[]): never {
  throw error
}

/**
 * Scans until nothing is found, at most `patienceMs` long; then what is found is what remains.
 * @returns milliseconds until the scan that found nothing began
 */
export async function untilGone(order: ScanOrder, patienceMs: number): Promise<{ left: string[]; ms: number }> {
  const start = performance.now()
  for (;;) {
    const ms = performance.now() - start
    const left = await scan(order)
    if (left.length === 0 || ms > patienceMs) return { left, ms }
  }
}

/** The names of what was found. */
export function namesOf(lines: readonly string[]): string[] {
  return [...new Set(lines.map((line) => line.replace(/( \(\w+\))? ×[^]*/, '')))]
}
