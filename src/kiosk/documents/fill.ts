import { err, ok, type Result } from '../../lib/result.ts'
import type { Node } from './markup.ts'
import { qrPicture } from './qr-picture.ts'

/** The values a document is filled with; a list fills `{{#each}}`. */
export type DocumentData = Readonly<Record<string, string | readonly Readonly<Record<string, string>>[]>>

/** A hole for which there is no value: a document with a gap is not printed. */
export interface HoleUnfilled {
  readonly code: 'HOLE_UNFILLED'
  readonly names: readonly string[]
}

/** Fills a template. Every value is escaped; nothing that a citizen, the centre or a device says can become markup. */
export function fillMarkup(nodes: readonly Node[], data: DocumentData): Result<string, HoleUnfilled> {
  const unfilled = new Set<string>()
  const html = fill(nodes, data, unfilled)
  return unfilled.size === 0 ? ok(html) : err({ code: 'HOLE_UNFILLED', names: [...unfilled] })
}

function fill(nodes: readonly Node[], data: DocumentData, unfilled: Set<string>): string {
  return nodes.map((node) => fillOne(node, data, unfilled)).join('')
}

function fillOne(node: Node, data: DocumentData, unfilled: Set<string>): string {
  if (node.kind === 'text') return node.html
  const value = Object.hasOwn(data, node.name) ? data[node.name] : undefined
  const wrong = (): string => {
    unfilled.add(node.name)
    return ''
  }
  if (value === undefined) return wrong()
  switch (node.kind) {
    case 'value':
      return typeof value === 'string' ? escapeHtml(value) : wrong()
    case 'qr':
      return typeof value === 'string' && value !== '' ? qrPicture(value) : wrong()
    case 'if':
      return value.length > 0 ? fill(node.body, data, unfilled) : ''
    case 'each':
      if (typeof value === 'string') return wrong()
      return value.map((row) => fill(node.body, { ...data, ...row }, unfilled)).join('')
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`)
}
