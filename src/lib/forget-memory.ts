import http from 'node:http'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Environment of a process that handles personal data: glibc then overwrites every block of memory the moment it is
 * freed (mallopt(3), M_PERTURB), so that buffers of lines, cards and pictures do not outlive their use.
 */
export const OVERWRITE_FREED: Readonly<Record<string, string>> = { MALLOC_PERTURB_: '165' }

/**
 * To be called first in such a process: small buffers get memory of their own. Node otherwise cuts them from a slab that
 * lives until it is used up, with all that was ever in it.
 */
export function keepNoBuffers(): void {
  Buffer.poolSize = 0
}

/**
 * Collects what this process no longer uses, and overwrites it. Texts of JavaScript cannot be overwritten by hand, and the
 * collector runs when it likes and leaves the bytes where they were: so it is run now, and told to clear what it frees.
 * About 60 ms for a kiosk; call it when nobody waits.
 */
export function forgetMemory(): void {
  collect ??= collector()
  // The engine keeps the text of the last match (`RegExp.input`) until the next one.
  NOTHING.test('')
  collect()
  // A page that was emptied by moving keeps its bytes until it is used again: so it is used, for nothing.
  const filled = fill()
  collect()
  // What the pass before has moved or finalized is free for this one.
  filled.length = 0
  collect()
}

const NOTHING = /^/

/** What the engine may keep in reserve of pages it has emptied by moving what was on them, bytes. */
const RESERVE = 32 << 20
const PIECE = 8 << 10

/** Enough to take every page in reserve, of the young and, once collected while it is held, of the old. */
function fill(): number[][] {
  const filled: number[][] = []
  for (let bytes = 0; bytes < RESERVE; bytes += PIECE) filled.push(new Array<number>(PIECE / 8).fill(0))
  return filled
}

let collect: (() => void) | undefined

function collector(): () => void {
  setFlagsFromString('--clear-free-memory')
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as (options?: { readonly type: 'major' }) => void
  return () => gc({ type: 'major' })
}

/** What Node reads from a connection at once, bytes; it keeps one such block for all answers there will ever be. */
const READ_BLOCK = 64 << 10

/**
 * Overwrites the block into which Node reads HTTP, with an answer of nothing but noughts that this process gives itself:
 * the next answer of the centre may be shorter than the last and would leave its end there. Resolves when it is done, also
 * when it could not be.
 */
export function rinseHttp(): Promise<void> {
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${randomUUID()}` : join(tmpdir(), `rinse-${randomUUID()}`)
  return new Promise((resolve) => {
    const server = http.createServer((_request, response) => response.end(Buffer.alloc(4 * READ_BLOCK)))
    const done = (): void => {
      server.closeAllConnections()
      server.close(() => resolve())
    }
    server.on('error', () => resolve())
    server.listen(path, () => {
      http.get({ socketPath: path, agent: false }, (answer) => answer.on('end', done).resume()).on('error', done)
    })
  })
}
