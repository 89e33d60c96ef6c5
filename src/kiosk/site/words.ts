import type { z } from 'zod'
import type { SiteComplaint, SiteComplaintCode } from './complaint.ts'
import { nearestWord } from './nearest-word.ts'
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
      code: 'unknownName',
    }))
  }
  const found = valueAt(path, whole)
  return [{ path, ...(found === undefined ? { reason: 'is missing', code: 'missing' } : complaint(issue, found)) }]
}

type Complaint = Pick<SiteComplaint, 'reason' | 'code' | 'params'>

function complaint(issue: Exclude<Issue, { code: 'unrecognized_keys' }>, found: unknown): Complaint {
  switch (issue.code) {
    case 'invalid_type': {
      const [noun, code] = NOUNS[issue.expected] ?? [issue.expected, 'other']
      return { reason: `must be ${noun}, but is ${describe(found)}`, code }
    }
    case 'invalid_value':
      return oneOf(issue.values.map(String), found)
    case 'invalid_union':
      // A discriminated union lists what its discriminator may be; the type of the issue does not say so.
      return 'options' in issue && Array.isArray(issue.options)
        ? oneOf(issue.options.map(String), found)
        : { reason: 'is none of what is allowed here', code: 'other' }
    case 'too_small':
      if (issue.origin === 'string') return { reason: 'must not be empty', code: 'empty' }
      return {
        reason: `must be at least ${issue.minimum}, but is ${describe(found)}`,
        code: isNumber(issue.origin) ? 'tooSmall' : 'tooShort',
        params: { minimum: String(issue.minimum), found: describe(found) },
      }
    case 'too_big':
      return isNumber(issue.origin)
        ? {
            reason: `must be at most ${issue.maximum}, but is ${describe(found)}`,
            code: 'tooBig',
            params: { maximum: String(issue.maximum), found: describe(found) },
          }
        : {
            reason: `must not be longer than ${issue.maximum}`,
            code: 'tooLong',
            params: { maximum: String(issue.maximum) },
          }
    case 'invalid_format':
      return { reason: issue.message, code: 'format' }
    case 'custom':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
      return { reason: issue.message, code: 'other' }
  }
}

function isNumber(origin: string): boolean {
  return origin === 'number' || origin === 'int'
}

const NOUNS: Readonly<Record<string, readonly [noun: string, code: SiteComplaintCode]>> = {
  string: ['a text', 'notText'],
  number: ['a number', 'notNumber'],
  int: ['a whole number', 'notWholeNumber'],
  boolean: ['true or false', 'notSwitch'],
  object: ['an object in braces', 'notGroup'],
  array: ['a list in brackets', 'notList'],
}

function describe(found: unknown): string {
  if (found === null) return 'null'
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object') return 'an object'
  if (typeof found === 'string') return 'a text'
  return JSON.stringify(found)
}

function oneOf(allowed: readonly string[], found: unknown): Complaint {
  const list = allowed.length === 1 ? (allowed[0] ?? '') : `one of ${allowed.join(', ')}`
  const shown = typeof found === 'string' ? `"${found}"` : describe(found)
  return {
    reason: `must be ${list}, but is ${shown}${typeof found === 'string' ? suggest(found, allowed) : ''}`,
    code: 'notAllowed',
    params: { allowed: allowed.join('、') },
  }
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
