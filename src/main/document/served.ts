import { resolve } from 'node:path'
import type { DocumentToRender } from '../../ipc/messages.ts'
import { scheme } from '../guard/origins.ts'
import { resolveFile } from '../guard/resolve-file.ts'

/** Host of the hidden window's page; served in its own session only. */
const documentHost = 'document'

export const documentUrl = `${scheme}://${documentHost}/document.html`

/** What the hidden window gets for a URL: a part of the job, a font of ours, or nothing. */
export type Served =
  | { readonly kind: 'text'; readonly type: string; readonly text: string }
  | { readonly kind: 'font'; readonly type: string; readonly path: string }

/** No script, no picture, no frame, no connection: one style sheet of ours and our fonts. */
export const documentHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; sandbox allow-same-origin",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

export function serveDocument(document: DocumentToRender, fonts: string, url: string): Served | null {
  if (url === documentUrl) return { kind: 'text', type: 'text/html; charset=utf-8', text: document.html }
  if (url === `${scheme}://${documentHost}/document.css`)
    return { kind: 'text', type: 'text/css; charset=utf-8', text: document.css }
  const file = resolveFile({ [documentHost]: { fonts: resolve(fonts) } }, url)
  if (file === null || !/^(font\/|text\/css)/.test(file.type)) return null
  return { kind: 'font', ...file }
}
