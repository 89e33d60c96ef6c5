import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'

/** A stretch of addresses of a process. */
interface Run {
  readonly start: number
  readonly end: number
}

/** One line of /proc/PID/maps that may hold something of the process' own. */
export interface Region extends Run {
  readonly path: string
}

/** Stretches of a process' memory that are no file's own. */
export function regionsOf(pid: number): Region[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const found = /^([0-9a-f]+)-([0-9a-f]+) (r[w-][x-][ps]) \S+ \S+ (\d+)\s*(.*)$/.exec(line)
      if (found === null) return []
      const [, from = '', to = '', rights = '', inode = '0', path = ''] = found
      const [start, end] = [parseInt(from, 16), parseInt(to, 16)]
      // Untouched pages of a program or a library are what is on the disk.
      if (inode !== '0' && !rights.includes('w') && !path.startsWith('/dev/shm') && !path.startsWith('/memfd'))
        return []
      if (path === '[vvar]' || path === '[vsyscall]') return []
      // Gigabytes that are only reserved have no pages worth a map of their own.
      if (rights.startsWith('r--') && path === '' && end - start > 1 << 30) return []
      return [{ start, end, path }]
    })
}

const PAGE = 4096
/** Bits 63 and 62 of an entry of `pagemap` (proc(5)): in memory, or swapped out. A page that is neither holds nothing. */
const THERE = 0xc0

/** The stretches of a region that hold anything. */
export function residentRuns(pid: number, { start, end }: Run): Run[] {
  const pages = (end - start) / PAGE
  const map = Buffer.alloc(pages * 8)
  const file = openSync(`/proc/${pid}/pagemap`, 'r')
  try {
    readSync(file, map, 0, map.length, (start / PAGE) * 8)
  } finally {
    closeSync(file)
  }
  const runs: { start: number; end: number }[] = []
  for (let page = 0; page < pages; page++) {
    if (((map[page * 8 + 7] ?? 0) & THERE) === 0) continue
    const at = start + page * PAGE
    const last = runs.at(-1)
    if (last?.end === at) last.end = at + PAGE
    else runs.push({ start: at, end: at + PAGE })
  }
  return runs
}

/** Bytes of a process at an address; fewer than asked for, or none, where they cannot be read (guards, devices). */
export function readMemory(memory: number, into: Buffer, at: number): number {
  try {
    return readSync(memory, into, 0, into.length, at)
  } catch {
    return 0
  }
}

/** Where the stacks of a process' threads have come to, by name of the thread; unknown for one that runs just now. */
function stackPointersOf(pid: number): { readonly thread: string; readonly pointer: number }[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    try {
      const folder = `/proc/${pid}/task/${tid}`
      const thread = readFileSync(`${folder}/comm`, 'utf8').trim()
      // Number of the call, six arguments, stack pointer, program counter; a single word while it runs.
      const words = readFileSync(`${folder}/syscall`, 'utf8').trim().split(' ')
      return [{ thread, pointer: Number(words.at(-2) ?? 0) }]
    } catch {
      return []
    }
  })
}

/** Size and alignment of a heap of one of glibc's arenas beside the main one (HEAP_MAX_SIZE). */
const ARENA = 64 << 20
/** Size and alignment of a page of V8's heap. */
const ENGINE_PAGE = 256 << 10

/**
 * What kind of memory an address lies in: a thread's stack, glibc's heap, a page of V8 with the flags in its header, or
 * something mapped on its own.
 */
export function kindOf(pid: number, memory: number, region: Region, address: number): string {
  const { start, end, path } = region
  if (path !== '') return path
  const stack = stackPointersOf(pid).find(({ pointer }) => pointer >= start && pointer < end)
  if (stack !== undefined) return `stack of thread ${stack.thread}`
  const head = Buffer.alloc(16)
  const arena = address - (address % ARENA)
  // heap_info begins with a pointer to its arena, which lies at the start of this heap or of another one.
  if (arena === start && readMemory(memory, head, arena) === 16 && Number(head.readBigUInt64LE()) % ARENA < PAGE)
    return 'arena of malloc'
  const page = address - (address % ENGINE_PAGE)
  if (page >= start && readMemory(memory, head, page) === 16) {
    const flags = head.readBigUInt64LE()
    const metadata = head.readBigUInt64LE(8)
    if (flags < 1n << 32n && metadata > 0xffffn) return `page of the engine, flags 0x${flags.toString(16)}`
  }
  return 'mapped alone'
}
