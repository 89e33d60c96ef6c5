import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeDurably } from './durable-file.ts'

/**
 * A changed site file is on trial until the kiosk has been healthy with it for a while. The note of the trial lies
 * beside the site file and is read before it: starts are counted there first, so that a file which crashes the kiosk
 * rolls itself back, whatever it is that crashes.
 */
const Note = z.object({
  /** Of the file on trial. */
  sha256: z.string(),
  /** Where the file before it is kept. */
  previous: z.string(),
  appliedAt: z.number(),
  starts: z.int(),
  /** Roles whose devices could be used before the change. */
  good: z.array(z.string()),
  staff: z.string(),
})
type Note = z.infer<typeof Note>

const Outcome = z.object({
  at: z.number(),
  outcome: z.enum(['KEPT', 'TRIAL', 'ROLLED_BACK']),
  reason: z.string(),
  staff: z.string(),
  /** Whether the store knows of it. */
  audited: z.boolean(),
})
export type TrialOutcome = z.infer<typeof Outcome>

/** Starts a file on trial may use up: the third one rolls it back. */
const MOST_STARTS = 2
/** Former versions that are kept. */
const MOST_KEPT = 50

const notePath = (sitePath: string): string => `${sitePath}.trial.json`
const historyDir = (dataDir: string): string => join(dataDir, 'site-history')
const outcomePath = (dataDir: string): string => join(historyDir(dataDir), 'last-change.json')

export interface TrialPlace {
  readonly sitePath: string
  readonly dataDir: string
}

/**
 * Puts `text` in the place of the site file, keeping the former one, and begins its trial. The note is written first: a
 * power cut before the file itself leaves the old file and a note that does not fit it, which counts for nothing.
 */
export function beginTrial(
  { sitePath, dataDir }: TrialPlace,
  text: string,
  now: number,
  about: { readonly good: readonly string[]; readonly staff: string },
): void {
  const former = readFileSync(sitePath, 'utf8')
  const folder = historyDir(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const previous = join(
    folder,
    `site-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}-${sha256(former).slice(0, 8)}.json`,
  )
  writeDurably(previous, former)
  forgetOldest(folder)
  const note: Note = { sha256: sha256(text), previous, appliedAt: now, starts: 0, ...about, good: [...about.good] }
  writeDurably(notePath(sitePath), JSON.stringify(note))
  writeDurably(sitePath, text, statSync(sitePath).mode & 0o777)
  tell(dataDir, { at: now, outcome: 'TRIAL', reason: 'applied', staff: about.staff, audited: true })
}

/**
 * Called before the site file is read. Counts this start; a file that has used up its starts is taken back at once.
 * @returns the trial this start is part of, or null
 */
export function countStart(
  place: TrialPlace,
  now: number,
): { readonly good: readonly string[]; readonly staff: string } | null {
  const note = read(place)
  if (note === null) return null
  if (note.starts >= MOST_STARTS) {
    rollBack(place, now, `${note.starts} starts failed`)
    return null
  }
  writeDurably(notePath(place.sitePath), JSON.stringify({ ...note, starts: note.starts + 1 }))
  return { good: note.good, staff: note.staff }
}

/** The kiosk is healthy with it: it stays. */
export function keepChange({ sitePath, dataDir }: TrialPlace, now: number): void {
  const note = read({ sitePath, dataDir })
  if (note === null) return
  tell(dataDir, { at: now, outcome: 'KEPT', reason: 'healthy', staff: note.staff, audited: false })
  rmSync(notePath(sitePath), { force: true })
}

/** Puts the former file back. False when nothing is on trial, or the former file is gone. */
export function rollBack({ sitePath, dataDir }: TrialPlace, now: number, reason: string): boolean {
  const note = read({ sitePath, dataDir })
  if (note === null || !existsSync(note.previous)) return false
  writeDurably(sitePath, readFileSync(note.previous, 'utf8'), statSync(sitePath).mode & 0o777)
  tell(dataDir, { at: now, outcome: 'ROLLED_BACK', reason, staff: note.staff, audited: false })
  rmSync(notePath(sitePath), { force: true })
  return true
}

/** What became of the last change; null before the first. */
export function lastChange(dataDir: string): TrialOutcome | null {
  return parsed(outcomePath(dataDir), Outcome)
}

/** The store knows of the outcome now. */
export function markAudited(dataDir: string): void {
  const outcome = lastChange(dataDir)
  if (outcome !== null) tell(dataDir, { ...outcome, audited: true })
}

/** The note, where it belongs to the file that is there: somebody may have put another one in its place by hand. */
function read({ sitePath }: TrialPlace): Note | null {
  const note = parsed(notePath(sitePath), Note)
  if (note === null) return null
  if (existsSync(sitePath) && sha256(readFileSync(sitePath, 'utf8')) === note.sha256) return note
  rmSync(notePath(sitePath), { force: true })
  return null
}

function tell(dataDir: string, outcome: TrialOutcome): void {
  mkdirSync(historyDir(dataDir), { recursive: true, mode: 0o700 })
  writeDurably(outcomePath(dataDir), JSON.stringify(outcome))
}

function forgetOldest(folder: string): void {
  const kept = readdirSync(folder)
    .filter((name) => name.startsWith('site-'))
    .sort()
  for (const name of kept.slice(0, Math.max(0, kept.length - MOST_KEPT))) rmSync(join(folder, name), { force: true })
}

function parsed<T>(path: string, schema: z.ZodType<T>): T | null {
  try {
    const found = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return found.success ? found.data : null
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return null
    throw error
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
