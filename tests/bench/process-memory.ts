import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process and what it takes: memory of its own in full, shared memory by its share (proportional set size). */
export interface ProcessMemory {
  readonly name: string
  readonly pssMb: number
}

/** The process `pid` and everything it started, however deep; processes that end meanwhile are left out. Linux only. */
export function memoryOfTree(pid: number): readonly ProcessMemory[] {
  return treeOf(pid).flatMap((each) => {
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${each}/smaps_rollup`))?.[1]
    return kilobytes === undefined ? [] : [{ name: nameOf(each), pssMb: Number(kilobytes) / 1_024 }]
  })
}

export function totalMb(processes: readonly ProcessMemory[]): number {
  return processes.reduce((sum, { pssMb }) => sum + pssMb, 0)
}

/** How many processes outside the tree of `pid` run the same program and so share its pages. */
export function othersOf(pid: number): number {
  const program = programOf(pid)
  const ours = new Set(treeOf(pid))
  return processes().filter((other) => !ours.has(other) && programOf(other) === program).length
}

/** By the parent that each process names: a thread of any of them may have started a child. */
function treeOf(root: number): readonly number[] {
  const childrenOf = new Map<number, number[]>()
  for (const pid of processes()) {
    // `pid (name) state ppid …`; the name may hold anything, even a parenthesis.
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(read(`/proc/${pid}/stat`))?.[1]
    if (parent !== undefined) childrenOf.set(Number(parent), [...(childrenOf.get(Number(parent)) ?? []), pid])
  }
  const tree = [root]
  for (const pid of tree) tree.push(...(childrenOf.get(pid) ?? []))
  return tree
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return ''
  }
}

/** What a process is for: Chromium's `--type`, the module that a Node runs, else the program. */
function nameOf(pid: number): string {
  const [program = '', ...words] = read(`/proc/${pid}/cmdline`).split(/[\0 ]/)
  const type = words.find((word) => word.startsWith('--type='))?.slice('--type='.length)
  const service = words.find((word) => word.startsWith('--utility-sub-type='))?.replace(/^.*?=/, '')
  const module = words.find((word) => /\.(mjs|ts|cjs)$/.test(word) && !word.includes('loader'))
  return service ?? type ?? (module ?? program).replace(/^.*\//, '')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
