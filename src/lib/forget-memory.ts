import http from 'node:http'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Environment of a process that handles personal data: glibc then overwrites every block of memory the moment it is
 * freed (mallopt(3), M_PERTURB), so that buffers of lines, cards and pictures do not outlive their use. Blocks up to
 * a kilobyte would pass by that on their way into a cache of each thread, so there is none.
 */
export const OVERWRITE_FREED: Readonly<Record<string, string>> = {
  MALLOC_PERTURB_: '165',
  GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0',
}

/**
 * To be called first in such a process: small buffers get memory of their own (Node otherwise cuts them from a slab that
 * lives until it is used up, with all that was ever in it), and the engine clears what it moves and frees.
 */
export function keepNoCopies(): void {
  Buffer.poolSize = 0
  // What moves out of the young generation leaves nothing behind: done in each collection, so from the first on.
  setFlagsFromString('--clear-free-memory')
  // The same for what dies in the old one, in collections that are asked for all memory there is.
  if (knowsZeroing(process.versions.v8)) setFlagsFromString('--zero-unused-memory')
}

/** V8 before 13.6 does not know the flag and would complain of it on standard error. */
function knowsZeroing(v8: string): boolean {
  const [major = 0, minor = 0] = v8.split('.').map(Number)
  return major > 13 || (major === 13 && minor >= 6)
}

/**
 * Collects what this process no longer uses, and overwrites it. Texts of JavaScript cannot be overwritten by hand, and the
 * collector runs when it likes and leaves the bytes where they were: so it is run now, as if memory had run out, the one
 * occasion on which it clears what it frees. For a kiosk 70 ms at best, a third of a second and more where others want the
 * processors: call it when nobody waits.
 */
export function forgetMemory(): void {
  collect ??= collector()
  // The engine keeps the text of the last match (`RegExp.input`) until the next one.
  NOTHING.test('')
  collect()
}

const NOTHING = /^/

let collect: (() => void) | undefined

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as NonNullable<typeof globalThis.gc>
  return () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
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
