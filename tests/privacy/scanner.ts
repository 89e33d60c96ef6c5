import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { kindOf, readMemory, regionsOf, residentRuns } from './memory-map.ts'

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
  /** The bytes around each copy in memory, as hexadecimal numbers and as Latin-1, by address. */
  readonly contexts: readonly string[]
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

/** Reads every readable page of a process that is not a file's own, and says where which traces are in it. */
export function scanProcess(pid: number, needles: readonly Needle[]): Sighting[] {
  const name = nameOf(pid)
  const sightings = new Map<string, { trace: string; where: string; copies: number; contexts: string[] }>()
  const chunk = Buffer.alloc(CHUNK)
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    for (const region of regionsOf(pid)) {
      for (const run of residentRuns(pid, region)) {
        for (let at = run.start; at < run.end; at += CHUNK - overlap) {
          const read = readMemory(memory, chunk.subarray(0, Math.min(CHUNK, run.end - at)), at)
          if (read === 0) break
          for (const { trace, offset } of find(chunk.subarray(0, read), needles)) {
            const where = `${name} ${pid} ${kindOf(pid, memory, region, at + offset)}`
            const key = `${trace} ${where}`
            const sighting = sightings.get(key) ?? { trace, where, copies: 0, contexts: [] }
            sightings.set(key, sighting)
            sighting.copies += 1
            sighting.contexts.push(contextOf(memory, at + offset))
          }
        }
      }
    }
  } finally {
    closeSync(memory)
  }
  return [...sightings.values()]
}

const AROUND = 64

function contextOf(memory: number, address: number): string {
  const bytes = Buffer.alloc(3 * AROUND)
  const read = readMemory(memory, bytes, address - AROUND)
  const lines: string[] = []
  for (let at = 0; at < read; at += 32) {
    const part = bytes.subarray(at, Math.min(at + 32, read))
    const latin1 = part.toString('latin1').replace(/[^ -~]/g, '.')
    lines.push(
      `    ${(address - AROUND + at).toString(16)}  ${part.toString('hex').replace(/(.{16})/g, '$1 ')} ${latin1}`,
    )
  }
  return lines.join('\n')
}

/** Every file below each folder, and its name. A socket or a file that has gone meanwhile holds nothing. */
export function scanFolders(folders: readonly string[], needles: readonly Needle[]): Sighting[] {
  return folders.flatMap((folder) =>
    filesBelow(folder).flatMap((path) => {
      const counts = new Map<string, number>()
      for (const bytes of [Buffer.from(path), contentOf(path)])
        for (const { trace } of find(bytes, needles)) counts.set(trace, (counts.get(trace) ?? 0) + 1)
      return [...counts].map(([trace, copies]) => ({ trace, where: path, copies, contexts: [] }))
    }),
  )
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
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

function find(bytes: Buffer, needles: readonly Needle[]): { readonly trace: string; readonly offset: number }[] {
  const found: { trace: string; offset: number }[] = []
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle.bytes); at !== -1; at = bytes.indexOf(needle.bytes, at + needle.bytes.length))
      found.push({ trace: needle.name, offset: at })
  }
  return found
}

/** One line for each sighting; with `context`, or with `KIOSK_PRIVACY_CONTEXT` set, the bytes around each copy too. */
export function tell(
  sightings: readonly Sighting[],
  { context = (process.env['KIOSK_PRIVACY_CONTEXT'] ?? '') !== '' } = {},
): string[] {
  return sightings.map(({ trace, where, copies, contexts }) =>
    [`${trace} ×${copies} in ${where}`, ...(context ? contexts : [])].join('\n'),
  )
}
