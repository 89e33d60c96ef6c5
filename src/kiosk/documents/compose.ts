import { readFile } from 'node:fs/promises'
import { loadLettering } from '../../drivers/raster/lettering.ts'
import { assetPath } from '../../lib/assets.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { fillMarkup, type DocumentData } from './fill.ts'
import { DOCUMENTS, type DocumentDataOf, type DocumentKind } from './kinds.ts'
import { parseMarkup } from './markup.ts'

/** A page ready to be drawn: HTML and its style sheet. */
export interface ComposedDocument {
  readonly html: string
  readonly css: string
}

export type ComposeFault =
  /** A character that no font of ours holds: the document is refused rather than printed with a box (scenario 37). */
  | { readonly code: 'GLYPH_MISSING'; readonly characters: readonly string[] }
  /** The template on this kiosk is broken or asks for values the document does not have. */
  | { readonly code: 'BAD_TEMPLATE'; readonly detail: string }

/**
 * Makes the page of a document. Data outside the document's schema is a bug of the caller and throws; a template that a
 * province changed wrongly is an error.
 */
export async function composeDocument<K extends DocumentKind>(
  kind: K,
  data: DocumentDataOf<K>,
): Promise<Result<ComposedDocument, ComposeFault>> {
  const checked: DocumentData = DOCUMENTS[kind].parse(data)
  const characters = (await loadLettering()).missing(textOf(checked).replace(/\s/gu, ''))
  if (characters.length > 0) return err({ code: 'GLYPH_MISSING', characters })
  const files = await readTemplate(kind)
  if (!files.ok) return files
  const nodes = parseMarkup(files.value.html)
  if (!nodes.ok) return err({ ...nodes.error, detail: `${kind}.html ${nodes.error.detail}` })
  const html = fillMarkup(nodes.value, checked)
  if (!html.ok) return err({ code: 'BAD_TEMPLATE', detail: `${kind}.html asks for ${html.error.names.join(', ')}` })
  return ok({ html: html.value, css: files.value.css })
}

/** Reads the template of every document once, so that a broken one shows at the start and not before a citizen. */
export async function checkTemplates(): Promise<Result<void, ComposeFault>> {
  for (const kind of Object.keys(DOCUMENTS) as DocumentKind[]) {
    const files = await readTemplate(kind)
    if (!files.ok) return files
    const nodes = parseMarkup(files.value.html)
    if (!nodes.ok) return err({ ...nodes.error, detail: `${kind}.html ${nodes.error.detail}` })
  }
  return ok()
}

async function readTemplate(kind: DocumentKind): Promise<Result<ComposedDocument, ComposeFault>> {
  try {
    const [html, css] = await Promise.all(
      [`${kind}.html`, 'document.css'].map((name) => readFile(assetPath('documents', name), 'utf8')),
    )
    return ok({ html: html ?? '', css: css ?? '' })
  } catch (cause) {
    return err({ code: 'BAD_TEMPLATE', detail: (cause as Error).message })
  }
}

function textOf(data: DocumentData): string {
  return Object.values(data)
    .map((value) => (typeof value === 'string' ? value : value.map((row) => Object.values(row).join('')).join('')))
    .join('')
}
