import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'

/** What is looked for, by name: a text in every spelling a process may keep it in, or bytes as they are. */
export type Traces = Readonly<Record<string, string | Uint8Array>>

interface Needle {
  readonly name: string
  readonly bytes: Buffer
}

export interface Sighting {
  readonly trace: string
  /** A path, or a process with the kind of memory. */
  readonly where: string
  readonly copies: number
}

/** V8 keeps a text as Latin-1 or UTF-16LE, files and lines as UTF-8, devices as GB18030, ID cards as UTF-16LE. */
export function needlesOf(traces: Traces): readonly Needle[] {
  return Object.entries(traces).flatMap(([name, trace]) => {
    if (typeof trace !== 'string') return [{ name, bytes: Buffer.from(trace) }]
    const spellings = [
      ['utf8', Buffer.from(trace, 'utf8')],
      ['utf16le', Buffer.from(trace, 'utf16le')],
      ['gb18030', iconv.encode(trace, 'gb18030')],
    ] as const
    const first = spellings[0][1]
    return spellings
      .filter(([spelling, bytes]) => spelling === 'utf8' || !bytes.equals(first))
      .map(([spelling, bytes]) => ({ name: `${name} (${spelling})`, bytes }))
  })
}

const CHUNK = 8 * 1024 * 1024

/** Whether this user may read the memory of other processes here. */
export function canReadMemory(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0
}

/** Reads every readable page of a process that is not a file's own, and counts the traces in it. */
export function scanProcess(pid: number, needles: readonly Needle[]): Sighting[] {
  const name = nameOf(pid)
  const counts = new Map<string, number>()
  const chunk = Buffer.alloc(CHUNK)
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    for (const region of regionsOf(pid)) {
      for (const run of residentRuns(pid, region)) {
        for (let at = run.start; at < run.end; at += CHUNK - overlap) {
          const read = readMemory(memory, chunk, at, Math.min(CHUNK, run.end - at))
          if (read === 0) break
          count(chunk.subarray(0, read), needles, region.kind, counts)
        }
      }
    }
  } finally {
    closeSync(memory)
  }
  return [...counts].map(([key, copies]) => {
    const [trace = '', kind = ''] = key.split('\n')
    return { trace, where: `${name} ${pid} ${kind}`, copies }
  })
}

/** Every file below each folder, and its name. A socket or a file that has gone meanwhile holds nothing. */
export function scanFolders(folders: readonly string[], needles: readonly Needle[]): Sighting[] {
  return folders.flatMap((folder) =>
    filesBelow(folder).flatMap((path) => {
      const counts = new Map<string, number>()
      try {
        count(readFileSync(path), needles, '', counts)
      } catch {
        return []
      }
      count(Buffer.from(path), needles, '', counts)
      return [...counts].map(([key, copies]) => ({ trace: key.split('\n')[0] ?? '', where: path, copies }))
    }),
  )
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}

/** The process and all that it has started, children of children too. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const parent = parentOf(Number(entry))
    if (parent !== undefined) parents.set(Number(entry), parent)
  }
  const family = [pid]
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child)
  return family
}

function parentOf(pid: number): number | undefined {
  try {
    // Field 4; the name in brackets before it may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : Number(parent)
  } catch {
    return undefined
  }
}

/** What kind of process of ours it is, for the report. */
export function nameOf(pid: number): string {
  const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  const type = line.find((word) => word.startsWith('--type='))?.slice(7)
  const service = line.find((word) => word.startsWith('--utility-sub-type='))?.slice(19)
  const entry = line.find((word) => /(kiosk|face|main|process|rig)\.(mjs|cjs|ts)$/.test(word))
  return [type, service, entry?.split('/').slice(-2).join('/')].filter((part) => part !== undefined).join(' ') || 'main'
}

interface Region {
  readonly start: number
  readonly end: number
  readonly kind: string
}

function regionsOf(pid: number): Region[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const found = /^([0-9a-f]+)-([0-9a-f]+) (r[w-][x-][ps]) \S+ \S+ (\d+)\s*(.*)$/.exec(line)
      if (found === null) return []
      const [, start = '', end = '', rights = '', inode = '0', path = ''] = found
      // Untouched pages of a program or a library are what is on the disk.
      if (inode !== '0' && !rights.includes('w') && !path.startsWith('/dev/shm') && !path.startsWith('/memfd'))
        return []
      if (path === '[vvar]' || path === '[vsyscall]') return []
      const kind = path === '' ? 'anonymous' : path
      // Gigabytes that are only reserved have no pages worth a map of their own.
      if (rights.startsWith('r--') && path === '' && parseInt(end, 16) - parseInt(start, 16) > 1 << 30) return []
      return [{ start: parseInt(start, 16), end: parseInt(end, 16), kind }]
    })
}

const PAGE = 4096
/** Bits 63 and 62 of an entry of `pagemap` (proc(5)): in memory, or swapped out. A page that is neither holds nothing. */
const THERE = 0xc0

/** The stretches of a region that hold anything. */
function residentRuns(pid: number, { start, end }: Region): { readonly start: number; readonly end: number }[] {
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

/** Pages that cannot be read (guards, devices) are skipped to the end of the region. */
function readMemory(memory: number, into: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, into, 0, length, at)
  } catch {
    return 0
  }
}

function count(bytes: Buffer, needles: readonly Needle[], kind: string, counts: Map<string, number>): void {
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle.bytes); at !== -1; at = bytes.indexOf(needle.bytes, at + needle.bytes.length)) {
      const key = `${needle.name}\n${kind}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
}

/** One line for each sighting. */
export function tell(sightings: readonly Sighting[]): string[] {
  return sightings.map(({ trace, where, copies }) => `${trace} ×${copies} in ${where}`)
}
