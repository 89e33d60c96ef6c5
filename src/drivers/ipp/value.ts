/**
 * Values of IPP attributes (RFC 8010 section 3.5.2). Text is UTF-8; `charset`, `keyword` and the like are text whose tag
 * says what it is for.
 */
export type IppValue =
  | { readonly kind: 'integer' | 'enum'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: TextKind; readonly value: string }
  | { readonly kind: 'range'; readonly lower: number; readonly upper: number }
  | { readonly kind: 'collection'; readonly members: readonly IppAttribute[] }
  /** `no-value`, `unknown`, `unsupported`: there is deliberately nothing. */
  | { readonly kind: 'none'; readonly tag: number }
  /** What this client has no use for (dateTime, resolution, textWithLanguage …): kept as it came. */
  | { readonly kind: 'other'; readonly tag: number; readonly bytes: Uint8Array }

export const TEXT_TAGS = {
  text: 0x41,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  'uri-scheme': 0x46,
  charset: 0x47,
  language: 0x48,
  'mime-type': 0x49,
} as const
export type TextKind = keyof typeof TEXT_TAGS

export interface IppAttribute {
  readonly name: string
  readonly values: readonly IppValue[]
}

export const GROUP_TAGS = { operation: 0x01, job: 0x02, printer: 0x04, unsupported: 0x05 } as const
export type GroupKind = keyof typeof GROUP_TAGS

export interface IppGroup {
  readonly kind: GroupKind
  readonly attributes: readonly IppAttribute[]
}

/** A request (`code` is the operation) or a response (`code` is the status). */
export interface IppMessage {
  readonly version: readonly [major: number, minor: number]
  readonly code: number
  readonly requestId: number
  readonly groups: readonly IppGroup[]
  /** What follows the attributes: the document of a Print-Job. */
  readonly data: Uint8Array
}

/** An attribute with values of one kind: `attribute('requested-attributes', 'keyword', 'printer-state')`. */
export function attribute(name: string, kind: TextKind, ...values: readonly string[]): IppAttribute {
  return { name, values: values.map((value) => ({ kind, value })) }
}

export function integer(name: string, value: number): IppAttribute {
  return { name, values: [{ kind: 'integer', value }] }
}

export function enumerated(name: string, value: number): IppAttribute {
  return { name, values: [{ kind: 'enum', value }] }
}

export function flag(name: string, value: boolean): IppAttribute {
  return { name, values: [{ kind: 'boolean', value }] }
}

export function collection(name: string, ...members: readonly IppAttribute[]): IppAttribute {
  return { name, values: [{ kind: 'collection', members }] }
}

/** Whole numbers of an attribute (integers and enums); what is anything else is left out. */
export function numbersOf(group: IppGroup | undefined, name: string): readonly number[] {
  return valuesOf(group, name).flatMap((one) => (one.kind === 'integer' || one.kind === 'enum' ? [one.value] : []))
}

/** Texts of an attribute, whatever their kind. */
export function textsOf(group: IppGroup | undefined, name: string): readonly string[] {
  return valuesOf(group, name).flatMap((one) => (isText(one) ? [one.value] : []))
}

export function flagOf(group: IppGroup | undefined, name: string): boolean | undefined {
  const [first] = valuesOf(group, name)
  return first?.kind === 'boolean' ? first.value : undefined
}

function valuesOf(group: IppGroup | undefined, name: string): readonly IppValue[] {
  return group?.attributes.find((one) => one.name === name)?.values ?? []
}

function isText(value: IppValue): value is Extract<IppValue, { kind: TextKind }> {
  return Object.hasOwn(TEXT_TAGS, value.kind)
}
