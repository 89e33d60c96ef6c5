/** The kinds of memory in which a process may hold a text. */
export const KINDS = [
  'old text',
  'moved text',
  'text between others',
  'name of a property',
  'matched text',
  'small bytes',
  'many bytes',
  'answer of HTTP',
  'young text',
] as const
export type Kind = (typeof KINDS)[number]

/** Twelve characters that stand nowhere else, reckoned so that no program text holds them. */
export function plantedText(kind: Kind): string {
  const seed = 997 * (KINDS.indexOf(kind) + 1)
  return String.fromCharCode(...Array.from({ length: 12 }, (_, index) => 0x4e00 + ((seed + index * 1_009) % 20_000)))
}
