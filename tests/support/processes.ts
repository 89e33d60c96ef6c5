import { readdirSync, readFileSync } from 'node:fs'

/** One process as Linux shows it. */
export interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  /** One letter: `T` is stopped, `Z` has ended and was not fetched yet. */
  readonly state: string
  readonly command: string
}

function look(pid: number): ProcessFacts | null {
  try {
    // The name in brackets may hold anything, also a bracket.
    const [state = '', parent = ''] =
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .split(/\) (?=[A-Z] )/)
        .at(-1)
        ?.split(' ') ?? []
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { pid, parent: Number(parent), state, command }
  } catch {
    return null
  }
}

/** Everything that `ancestor` started, and what that started, as far as it runs or stands still. */
export function descendants(ancestor: number): readonly ProcessFacts[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (look(Number(name)) ?? []) : []))
  const found: ProcessFacts[] = []
  let generation = [ancestor]
  while (generation.length > 0) {
    const children = all.filter(({ parent, state }) => generation.includes(parent) && state !== 'Z')
    found.push(...children)
    generation = children.map(({ pid }) => pid)
  }
  return found
}

/** Whether there is such a process and it has not ended; one that is stopped lives. */
export function isAlive(pid: number): boolean {
  const facts = look(pid)
  return facts !== null && facts.state !== 'Z'
}
