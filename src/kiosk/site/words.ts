import type { z } from 'zod'
import { nearestWord } from './nearest-word.ts'
import type { SiteComplaint } from './rules.ts'
import { siteSchemaTree, type SchemaNode } from './schema-tree.ts'

type Issue = z.core.$ZodIssue
type Path = readonly (string | number)[]

/** Says what zod found as a technician would: the exact path, and the rest of a sentence that begins with it. */
export function inWords(issue: Issue, whole: unknown): readonly SiteComplaint[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      reason: `is not known${suggest(key, keysAt(path, whole))}`,
    }))
  }
  const found = valueAt(path, whole)
  return [{ path, reason: found === undefined ? 'is missing' : reasonFor(issue, found) }]
}

function reasonFor(issue: Exclude<Issue, { code: 'unrecognized_keys' }>, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${NOUNS[issue.expected] ?? issue.expected}, but is ${describe(found)}`
    case 'invalid_value':
      return oneOf(issue.values.map(String), found)
    case 'invalid_union':
      // A discriminated union lists what its discriminator may be; the type of the issue does not say so.
      return 'options' in issue && Array.isArray(issue.options)
        ? oneOf(issue.options.map(String), found)
        : 'is none of what is allowed here'
    case 'too_small':
      return issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}, but is ${describe(found)}`
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at most ${issue.maximum}, but is ${describe(found)}`
        : `must not be longer than ${issue.maximum}`
    case 'invalid_format':
    case 'custom':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
      return issue.message
  }
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object in braces',
  array: 'a list in brackets',
}

function describe(found: unknown): string {
  if (found === null) return 'null'
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object') return 'an object'
  if (typeof found === 'string') return 'a text'
  return JSON.stringify(found)
}

function oneOf(allowed: readonly string[], found: unknown): string {
  const list = allowed.length === 1 ? (allowed[0] ?? '') : `one of ${allowed.join(', ')}`
  const shown = typeof found === 'string' ? `"${found}"` : describe(found)
  return `must be ${list}, but is ${shown}${typeof found === 'string' ? suggest(found, allowed) : ''}`
}

function suggest(word: string, known: readonly string[]): string {
  const meant = nearestWord(word, known)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

function valueAt(path: Path, whole: unknown): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], whole)
}

/** The keys an object at `path` may have; of alternatives, those of the one it says it is. */
function keysAt(path: Path, whole: unknown): readonly string[] {
  let nodes: readonly SchemaNode[] = [siteSchemaTree()]
  for (const step of path) nodes = nodes.flatMap((node) => alternatives(node.properties?.[String(step)] ?? {}))
  const found = valueAt(path, whole) as Record<string, unknown>
  const fitting = nodes.filter((node) =>
    Object.entries(node.properties ?? {}).every(
      ([key, { const: fixed }]) => fixed === undefined || fixed === found[key],
    ),
  )
  return fitting.flatMap((node) => Object.keys(node.properties ?? {}))
}

function alternatives(node: SchemaNode): readonly SchemaNode[] {
  return [node, ...(node.oneOf ?? [])]
}
