import { createHash } from 'node:crypto'
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { dropInsFor, type DropIn, type Session } from './drop-ins.ts'

/** Where `--apply` writes down what was there before. */
export const RECORD_PATH = '/var/lib/kiosk-lockdown/record.json'

const before = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('absent') }),
  z.object({ kind: z.literal('file'), mode: z.int(), base64: z.string() }),
  z.object({ kind: z.literal('link'), target: z.string() }),
])
type Before = z.infer<typeof before>

const record = z.object({
  version: z.literal(1),
  entries: z.array(z.object({ path: z.string(), before, after: z.string() })),
  /** Folders that were not there before, the outer ones first. */
  folders: z.array(z.string()),
})
type LockdownRecord = z.infer<typeof record>

/** `RECORD_BROKEN`: the record is there but cannot be understood; nothing was touched. */
export type LockdownError =
  | { readonly code: 'RECORD_BROKEN'; readonly path: string }
  | { readonly code: 'SOURCE_MISSING'; readonly path: string }
  | { readonly code: 'IN_THE_WAY'; readonly path: string }
  | { readonly code: 'NOT_APPLIED' }
  /** Applied for the other kind of session; revert that first. */
  | { readonly code: 'OTHER_SESSION'; readonly path: string }

export interface Applied {
  readonly written: readonly string[]
  /** They were as wanted already. */
  readonly unchanged: readonly string[]
}

export interface Reverted {
  readonly restored: readonly string[]
  /** Changed by somebody since; left as they are, and kept in the record. */
  readonly changedSince: readonly string[]
}

export interface Tree {
  /** `/`, or a folder that stands for it. */
  readonly root: string
  /** Folder of the drop-ins' sources: `packaging/linux`. */
  readonly sources: string
  /** X11 when absent. */
  readonly session?: Session
}

/**
 * Writes the drop-ins. What each place held before is on the disk before the first of them is touched, so that a power
 * cut at any moment can be reverted. Applying again writes what differs and keeps the record of the first time.
 */
export async function applyLockdown(tree: Tree): Promise<Result<Applied, LockdownError>> {
  const known = await readRecord(tree.root)
  if (!known.ok) return known
  const dropIns = dropInsFor(tree.session ?? 'x11')
  const other = known.value?.entries.find(({ path }) => dropIns.every((dropIn) => dropIn.path !== path))
  if (other !== undefined) return err({ code: 'OTHER_SESSION', path: other.path })
  const wishes: { dropIn: DropIn; bytes: Buffer; now: Before }[] = []
  for (const dropIn of dropIns) {
    const bytes =
      dropIn.kind === 'link' ? Buffer.alloc(0) : await readFile(join(tree.sources, dropIn.source)).catch(() => null)
    if (bytes === null) return err({ code: 'SOURCE_MISSING', path: dropIn.path })
    const now = await stateOf(join(tree.root, dropIn.path))
    if (now === null) return err({ code: 'IN_THE_WAY', path: dropIn.path })
    wishes.push({ dropIn, bytes, now })
  }
  const wanted = wishes.map((wish) => ({ ...wish, after: wantedState(wish.dropIn, wish.bytes) }))
  const earlier = new Map(known.value?.entries.map((entry) => [entry.path, entry]))
  const folders = [...(known.value?.folders ?? [])]
  for (const path of [...dropIns.map((dropIn) => dropIn.path), RECORD_PATH])
    for (const folder of await missingFolders(tree.root, path)) if (!folders.includes(folder)) folders.push(folder)
  await writeRecord(tree.root, {
    version: 1,
    folders,
    entries: wanted.map(({ dropIn: { path }, now, after }) => ({
      path,
      before: earlier.get(path)?.before ?? now,
      after: digest(after),
    })),
  })
  const written: string[] = []
  const unchanged: string[] = []
  for (const { dropIn, now, after } of wanted) {
    if (digest(now) === digest(after)) unchanged.push(dropIn.path)
    else {
      await put(join(tree.root, dropIn.path), after)
      written.push(dropIn.path)
    }
  }
  return ok({ written, unchanged })
}

/**
 * Puts everything back as it was before the first `applyLockdown`, byte for byte. A file that somebody changed since is
 * left alone unless `force`.
 */
export async function revertLockdown(root: string, force = false): Promise<Result<Reverted, LockdownError>> {
  const known = await readRecord(root)
  if (!known.ok) return known
  if (known.value === null) return err({ code: 'NOT_APPLIED' })
  const { entries, folders } = known.value
  const kept: LockdownRecord['entries'] = []
  const restored: string[] = []
  for (const entry of entries) {
    const place = join(root, entry.path)
    const now = await stateOf(place)
    // Half-way through an apply or a revert a place may still, or again, be as before.
    const ours = now !== null && (digest(now) === entry.after || digest(now) === digest(entry.before))
    if (ours || (force && now !== null)) {
      await put(place, entry.before)
      restored.push(entry.path)
    } else kept.push(entry)
  }
  if (kept.length > 0) await writeRecord(root, { version: 1, entries: kept, folders })
  else await rm(join(root, RECORD_PATH))
  for (const folder of [...folders].reverse()) await removeIfEmpty(join(root, folder))
  return ok({ restored, changedSince: kept.map(({ path }) => path) })
}

function wantedState(dropIn: DropIn, bytes: Buffer): Before {
  return dropIn.kind === 'link'
    ? { kind: 'link', target: dropIn.target }
    : { kind: 'file', mode: dropIn.mode, base64: bytes.toString('base64') }
}

/** What is at `place`; null when it is something that is never replaced, such as a folder. */
async function stateOf(place: string): Promise<Before | null> {
  const facts = await lstat(place).catch(() => null)
  if (facts === null) return { kind: 'absent' }
  if (facts.isSymbolicLink()) return { kind: 'link', target: await readlink(place) }
  if (!facts.isFile()) return null
  return { kind: 'file', mode: facts.mode & 0o7777, base64: (await readFile(place)).toString('base64') }
}

function digest(state: Before): string {
  return createHash('sha256')
    .update(JSON.stringify(before.parse(state)))
    .digest('hex')
}

/** Brings `place` into `state` in one step: never half a file. */
async function put(place: string, state: Before): Promise<void> {
  if (state.kind === 'absent') {
    await rm(place, { force: true })
    return
  }
  await mkdir(dirname(place), { recursive: true })
  const beside = `${place}.kiosk-new`
  await rm(beside, { force: true })
  if (state.kind === 'link') await symlink(state.target, beside)
  else {
    await writeFile(beside, Buffer.from(state.base64, 'base64'), { flush: true })
    // Not with the writing: the umask would take rights away.
    await chmod(beside, state.mode)
  }
  await rename(beside, place)
}

async function missingFolders(root: string, path: string): Promise<readonly string[]> {
  const missing: string[] = []
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    if ((await lstat(join(root, folder)).catch(() => null)) !== null) break
    missing.unshift(folder)
  }
  return missing
}

async function removeIfEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => null)
  if (names?.length === 0) await rmdir(folder)
}

async function readRecord(root: string): Promise<Result<LockdownRecord | null, LockdownError>> {
  const text = await readFile(join(root, RECORD_PATH), 'utf8').catch(() => null)
  if (text === null) return ok(null)
  try {
    return ok(record.parse(JSON.parse(text)))
  } catch {
    return err({ code: 'RECORD_BROKEN', path: RECORD_PATH })
  }
}

async function writeRecord(root: string, value: LockdownRecord): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
  await put(join(root, RECORD_PATH), { kind: 'file', mode: 0o600, base64: bytes.toString('base64') })
}
