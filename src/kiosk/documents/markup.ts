import { err, ok, type Result } from '../../lib/result.ts'

/**
 * The language of document templates: HTML with holes, and no more logic than this.
 *
 * - `{{name}}`: a value, escaped, wherever it stands (text or a quoted attribute);
 * - `{{#if name}} … {{/if}}`: there only when the value or list is not empty;
 * - `{{#each name}} … {{/each}}`: once per row of a list; inside, the row's own values come first;
 * - `{{qr name}}`: a QR symbol of the value as SVG.
 */
export type Node =
  | { readonly kind: 'text'; readonly html: string }
  | { readonly kind: 'value' | 'qr'; readonly name: string }
  | { readonly kind: 'if' | 'each'; readonly name: string; readonly body: readonly Node[] }

/** A template that cannot be used; `detail` names the place. */
export interface BadTemplate {
  readonly code: 'BAD_TEMPLATE'
  readonly detail: string
}

/** What a template may not contain: anything that runs, loads or styles by itself. Style is the style sheet's. */
const FORBIDDEN =
  /<(script|style|iframe|object|embed|img|base|form|meta\s+http-equiv)\b|\s(on[a-z]+|style|srcdoc)\s*=|javascript:|url\(/iu

const HOLE = /\{\{\s*(?:(#if|#each|qr)\s+)?([A-Za-z][A-Za-z0-9]*)\s*\}\}|\{\{\s*\/(if|each)\s*\}\}/gu

/** Reads a template; braces that are no hole, and blocks that do not close, are errors. */
export function parseMarkup(source: string): Result<readonly Node[], BadTemplate> {
  const forbidden = FORBIDDEN.exec(source)
  if (forbidden !== null) return err(bad(source, forbidden.index, `"${forbidden[0].trim()}" is not allowed`))
  const stack: { kind: 'if' | 'each'; name: string; at: number; body: Node[] }[] = []
  const root: Node[] = []
  const here = (): Node[] => stack.at(-1)?.body ?? root
  let from = 0
  for (const match of source.matchAll(HOLE)) {
    here().push({ kind: 'text', html: source.slice(from, match.index) })
    from = match.index + match[0].length
    const [, verb, name = '', closed] = match
    if (verb === '#if' || verb === '#each') {
      stack.push({ kind: verb === '#if' ? 'if' : 'each', name, at: match.index, body: [] })
    } else if (closed !== undefined) {
      const block = stack.pop()
      if (block?.kind !== closed) return err(bad(source, match.index, `{{/${closed}}} closes nothing`))
      here().push({ kind: block.kind, name: block.name, body: block.body })
    } else here().push({ kind: verb === 'qr' ? 'qr' : 'value', name })
  }
  here().push({ kind: 'text', html: source.slice(from) })
  const open = stack.at(-1)
  if (open !== undefined) return err(bad(source, open.at, `{{#${open.kind} ${open.name}}} is never closed`))
  const brace = strayBrace(root)
  return brace === undefined
    ? ok(root)
    : err({ code: 'BAD_TEMPLATE', detail: `"${brace}" is no hole of this language` })
}

function strayBrace(nodes: readonly Node[]): string | undefined {
  for (const node of nodes) {
    if (node.kind === 'text') {
      const stray = /\{\{.{0,20}|.{0,20}\}\}/u.exec(node.html)
      if (stray !== null) return stray[0]
    } else if (node.kind === 'if' || node.kind === 'each') {
      const inner = strayBrace(node.body)
      if (inner !== undefined) return inner
    }
  }
  return undefined
}

function bad(source: string, at: number, what: string): BadTemplate {
  const line = source.slice(0, at).split('\n').length
  return { code: 'BAD_TEMPLATE', detail: `line ${line}: ${what}` }
}
