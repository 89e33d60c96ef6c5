import { siteSchemaTree, type SchemaNode } from '../site/schema-tree.ts'

/** A field of the site file that can be edited on the console. */
export interface SiteField {
  readonly path: readonly string[]
  readonly help: string
  readonly kind: 'text' | 'number' | 'choice' | 'switch'
  readonly choices: readonly string[]
  /** What holds where nothing is written; empty where nothing does. */
  readonly standard: string
}

/** Neither shown nor changed here: keys to the console, and what only an installer writes. */
const HIDDEN = new Set(['$schema', 'technician.staff', 'technician.fieldCodes', 'centre.enrolmentCode'])

/** Sections that stand in every file by their defaults, so that their fields can be set before they are written. */
const ALWAYS = new Set([
  'site',
  'kiosk',
  'centre',
  'devices',
  'face',
  'session',
  'policy',
  'retention',
  'maintenance',
  'technician',
  'time',
])

/** The fields of `file`, in the order of the schema. Of a device that the file does not name there are none: bind it. */
export function fieldsOf(file: unknown): readonly SiteField[] {
  return walk(siteSchemaTree(), [], file)
}

function walk(node: SchemaNode, path: readonly string[], value: unknown): readonly SiteField[] {
  if (HIDDEN.has(path.join('.'))) return []
  const chosen = choose(node, value)
  if (chosen.properties !== undefined) {
    if (value === undefined && path.length > 0 && !ALWAYS.has(path.join('.')) && !isCalibration(path)) return []
    const kinds = node.oneOf?.map((option) => option.properties?.['kind']?.const).filter((kind) => kind !== undefined)
    return Object.entries(chosen.properties).flatMap(([key, child]) => {
      const named = key === 'kind' && kinds !== undefined ? { enum: kinds, description: node.description ?? '' } : child
      return walk(named, [...path, key], memberOf(value, key))
    })
  }
  if (chosen.type === 'array') return []
  return [{ path, help: chosen.description ?? '', standard: wordOf(chosen.default), ...kindOf(chosen) }]
}

function isCalibration(path: readonly string[]): boolean {
  return path.at(-1) === 'calibration'
}

/** Of alternatives, the one the value says it is: by its kind, or by its driver. */
function choose(node: SchemaNode, value: unknown): SchemaNode {
  if (node.oneOf === undefined) return node
  const fits = (option: SchemaNode): boolean =>
    ['kind', 'driver'].some((name) => {
      const named = option.properties?.[name]?.const
      return named !== undefined && named === memberOf(value, name)
    })
  return node.oneOf.find(fits) ?? node.oneOf[0] ?? node
}

function kindOf(node: SchemaNode): Pick<SiteField, 'kind' | 'choices'> {
  if (node.enum !== undefined) return { kind: 'choice', choices: node.enum.map(String) }
  if (node.const !== undefined) return { kind: 'choice', choices: [wordOf(node.const)] }
  if (node.type === 'boolean') return { kind: 'switch', choices: [] }
  if (node.type === 'number' || node.type === 'integer') return { kind: 'number', choices: [] }
  return { kind: 'text', choices: [] }
}

/** A value as the screen shows it; nothing is an empty text. */
export function wordOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Readonly<Record<string, unknown>>)[key]
}
