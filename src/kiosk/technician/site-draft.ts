import { parseSite } from '../site/load-site.ts'
import type { Site } from '../site/schema.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { complaintWords, type DraftProblem } from './site-problem.ts'
import { fieldsOf, memberOf, wordOf, type SiteField } from './site-fields.ts'

type Json = Record<string, unknown>

/** One value that is about to change, as the screen and the audit show it. */
export interface SiteChange {
  readonly path: string
  readonly from: string
  readonly to: string
}

/**
 * The site file as a technician is rewriting it. It keeps to what a person wrote (defaults are not written out) and
 * changes nothing on the disk.
 */
export class SiteDraft {
  readonly sitePath: string
  private readonly written: Json
  private draft: Json

  private constructor(sitePath: string, written: Json) {
    this.sitePath = sitePath
    this.written = written
    this.draft = structuredClone(written)
  }

  /** `text` is the file as it stands; one that is no JSON object cannot be edited field by field. */
  static of(sitePath: string, text: string): Result<SiteDraft, { readonly code: 'NOT_A_SITE_FILE' }> {
    try {
      const written: unknown = JSON.parse(text)
      if (typeof written === 'object' && written !== null && !Array.isArray(written))
        return ok(new SiteDraft(sitePath, written as Json))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
    return err({ code: 'NOT_A_SITE_FILE' })
  }

  fields(): readonly (SiteField & { readonly value: string; readonly isDefault: boolean })[] {
    return fieldsOf(this.draft).map((field) => {
      const value = at(this.draft, field.path)
      return { ...field, value: value === undefined ? field.standard : wordOf(value), isDefault: value === undefined }
    })
  }

  /** Writes what was typed into a field that `fields` shows; an empty text takes the value away. False for any other path. */
  edit(path: string, typed: string): boolean {
    const field = this.fields().find((one) => one.path.join('.') === path)
    if (field === undefined) return false
    this.put(field.path, typedValue(field, typed))
    return true
  }

  /** Puts a whole part of the file in place: what a binding or a calibration brings. */
  put(path: readonly string[], value: unknown): void {
    const copy = structuredClone(this.draft)
    const key = path.at(-1)
    if (key === undefined) throw new Error('a path without a name')
    const parent = path.slice(0, -1).reduce<Json>((node, step) => {
      const child = memberOf(node, step)
      const next: Json = typeof child === 'object' && child !== null ? (child as Json) : {}
      node[step] = next
      return next
    }, copy)
    // A line of another kind has other members: those of the old kind would be refused.
    if (key === 'kind' && parent['kind'] !== value)
      for (const member of Object.keys(parent)) Reflect.deleteProperty(parent, member)
    if (value === undefined) Reflect.deleteProperty(parent, key)
    else parent[key] = value
    this.draft = copy
  }

  /** What is written of the device of `role` now. */
  deviceOf(role: string): Readonly<Record<string, unknown>> {
    const device = at(this.draft, ['devices', role])
    return typeof device === 'object' && device !== null ? (device as Json) : {}
  }

  discard(): void {
    this.draft = structuredClone(this.written)
  }

  get text(): string {
    return `${JSON.stringify(this.draft, null, 2)}\n`
  }

  changes(): readonly SiteChange[] {
    const before = leaves(this.written)
    const after = leaves(this.draft)
    return [...new Set([...before.keys(), ...after.keys()])]
      .filter((path) => before.get(path) !== after.get(path))
      .map((path) => ({ path, from: shown(path, before.get(path)), to: shown(path, after.get(path)) }))
  }

  /** What the file's own rules say of the draft, in the technician's language. */
  check(): Result<Site, readonly DraftProblem[]> {
    const parsed = parseSite(this.text, this.sitePath)
    if (parsed.ok) return parsed
    const { error } = parsed
    if (!('problems' in error)) return err([])
    return err(
      error.problems.map(({ path, message, complaint }) => ({
        path,
        words: complaint === null ? message : complaintWords(complaint),
      })),
    )
  }
}

/** Never shown, on the screen or in the audit: that it changed is enough. */
const SECRET = /^(technician\.(staff|fieldCodes)|centre\.enrolmentCode)/

function shown(path: string, word: string | undefined): string {
  if (word === undefined) return ''
  return SECRET.test(path) ? '••••' : word
}

/** A site file in which nothing is a secret, for the log bundle. */
export function maskedSite(text: string): string {
  const parsed: unknown = JSON.parse(text)
  const mask = (value: unknown, path: string): unknown => {
    if (Array.isArray(value))
      return SECRET.test(path) ? `${value.length} hidden` : value.map((item) => mask(item, path))
    if (typeof value !== 'object' || value === null) return SECRET.test(path) ? '••••' : value
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, mask(member, path === '' ? key : `${path}.${key}`)]),
    )
  }
  return `${JSON.stringify(mask(parsed, ''), null, 2)}\n`
}

function typedValue(field: SiteField, typed: string): unknown {
  if (typed === '') return undefined
  switch (field.kind) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed
    case 'switch':
      return typed === 'true' ? true : typed === 'false' ? false : typed
    case 'choice':
    case 'text':
      return typed
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, step) => memberOf(node, step), value)
}

function leaves(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) into.set(path, wordOf(value))
  else for (const [key, member] of Object.entries(value)) leaves(member, path === '' ? key : `${path}.${key}`, into)
  return into
}
