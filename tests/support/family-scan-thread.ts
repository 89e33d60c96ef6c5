import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { readMemory, regionsOf, residentRuns } from '../privacy/memory-map.ts'
import { familyOf, needlesOf, scanFolders } from '../privacy/scanner.ts'
import { kindOf, type FamilyOrder, type Found } from './family-scan.ts'

/**
 * Looks into every process of a kiosk under Electron, also into shared memory that is held open and mapped nowhere, and
 * into files. A process that ends meanwhile holds nothing.
 */
const { root, mark, others, folders, traces } = workerData as FamilyOrder
const needles = needlesOf(traces)
const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1
const chunk = Buffer.alloc(8 << 20)

/** `name (utf8)` → `name`. */
const plain = (needle: string): string => needle.replace(/ \((utf8|utf16le|gb18030)\)$/, '')

const found: Found[] = []
for (const pid of new Set([...familyOf(root), ...markedWith(mark), ...others])) {
  const held = new Set<string>()
  const kind = pid === root ? 'main' : kindOf(pid)
  try {
    searchMemory(pid, held)
    searchHandles(pid, held)
  } catch (error) {
    if (!/ENOENT|ESRCH/.test(String(error))) throw error
  }
  for (const trace of held) found.push({ trace, where: kind, pid })
}
for (const { trace, where } of scanFolders(folders, needles)) found.push({ trace: plain(trace), where, pid: 0 })
parentPort?.postMessage(found)

function searchMemory(pid: number, held: Set<string>): void {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    for (const region of regionsOf(pid))
      for (const { start, end } of residentRuns(pid, region))
        for (let at = start; at < end; at += chunk.length - overlap) {
          const read = readMemory(memory, chunk.subarray(0, Math.min(chunk.length, end - at)), at)
          if (read === 0) break
          search(chunk.subarray(0, read), held)
        }
  } finally {
    closeSync(memory)
  }
}

/** Files without a name: shared memory (memfd, unlinked files of /dev/shm and of the temporary folder). */
function searchHandles(pid: number, held: Set<string>): void {
  for (const handle of readdirSync(`/proc/${pid}/fd`)) {
    const path = `/proc/${pid}/fd/${handle}`
    try {
      if (!/\(deleted\)$/.test(readlinkSync(path))) continue
      const file = openSync(path, 'r')
      try {
        if (!fstatSync(file).isFile()) continue
        for (let at = 0, read = 1; read > 0; at += chunk.length - overlap) {
          read = readSync(file, chunk, 0, chunk.length, at)
          search(chunk.subarray(0, read), held)
          if (read < chunk.length) break
        }
      } finally {
        closeSync(file)
      }
    } catch {
      // Closed meanwhile, or nothing that can be read.
    }
  }
}

function search(bytes: Buffer, held: Set<string>): void {
  for (const needle of needles) {
    const name = plain(needle.name)
    if (!held.has(name) && bytes.includes(needle.bytes)) held.add(name)
  }
}

/** Processes that were started with `mark` in their environment, whoever their parent is by now. */
function markedWith(mark: string): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) return []
    try {
      return readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0').includes(mark) ? [Number(entry)] : []
    } catch {
      return []
    }
  })
}
