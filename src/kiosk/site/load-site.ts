import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { err, ok, type Result } from '../../lib/result.ts'
import type { SiteComplaint } from './complaint.ts'
import { parseJsonDocument, type JsonDocument, type TextPosition } from './json-document.ts'
import { complaintsAbout } from './rules.ts'
import { siteSchema, type Site } from './schema.ts'
import { describeSignatureProblem, verifySite, type SiteSignatureProblem } from './site-signature.ts'
import { siteTrust } from './site-trust.ts'
import { inWords } from './words.ts'

/** One thing to mend, and where. */
interface SiteProblem extends TextPosition {
  /** `devices.receipt-printer.transport.port`; empty for the file as a whole. */
  readonly path: string
  /** A sentence that begins with the path. */
  readonly message: string
  /** What is wrong by name; null where the text is not JSON. */
  readonly complaint: SiteComplaint | null
}

export type SiteError =
  | { readonly code: 'SITE_NOT_FOUND'; readonly file: string }
  | { readonly code: 'SITE_UNREADABLE'; readonly file: string; readonly detail: string }
  /** Signed site files are demanded, and nobody can tell by whom. */
  | { readonly code: 'SITE_SIGNERS_UNREADABLE'; readonly file: string; readonly detail: string }
  | { readonly code: 'SITE_SIGNATURE'; readonly file: string; readonly problem: SiteSignatureProblem }
  /** Not JSON. */
  | { readonly code: 'SITE_SYNTAX'; readonly file: string; readonly problems: readonly [SiteProblem] }
  /** JSON, but not a site file. Every problem is listed, in the order of the file. */
  | { readonly code: 'SITE_INVALID'; readonly file: string; readonly problems: readonly SiteProblem[] }

/**
 * Reads, checks and completes the site file. Where the machine's owner has named signers (`siteTrust`), a file that none
 * of them vouches for is refused whatever it says, its mode included. Relative paths in it count from its own
 * folder and come back absolute.
 */
export async function loadSite(
  file: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Result<Site, SiteError>> {
  const text = await read(file)
  if (!text.ok) return text
  const trust = siteTrust(environment)
  if (!trust.ok) return err({ code: 'SITE_SIGNERS_UNREADABLE', ...trust.error })
  if (trust.value !== null) {
    const signature = await read(`${file}.sig`)
    const vouched = verifySite(text.value, signature.ok ? signature.value : null, trust.value)
    if (!vouched.ok) return err({ code: 'SITE_SIGNATURE', file, problem: vouched.error })
  }
  return parseSite(text.value, file)
}

/** `loadSite` for a text that is already at hand; `file` names it and is where relative paths count from. */
export function parseSite(text: string, file: string): Result<Site, SiteError> {
  const document = parseJsonDocument(text)
  if (!document.ok) {
    const { reason: message, ...position } = document.error
    return err({ code: 'SITE_SYNTAX', file, problems: [{ ...position, path: '', message, complaint: null }] })
  }
  const parsed = siteSchema.safeParse(document.value.value)
  const complaints = parsed.success
    ? complaintsAbout(parsed.data)
    : parsed.error.issues.flatMap((issue) => inWords(issue, document.value.value))
  if (!parsed.success || complaints.length > 0) {
    return err({ code: 'SITE_INVALID', file, problems: problemsOf(complaints, document.value) })
  }
  return ok(anchored(parsed.data, dirname(resolve(file))))
}

/** The lines a technician reads: file, line, column, sentence. */
export function describeSiteError(error: SiteError): string {
  switch (error.code) {
    case 'SITE_NOT_FOUND':
      return `There is no site file at ${error.file}. Check KIOSK_SITE.`
    case 'SITE_UNREADABLE':
      return `The site file ${error.file} cannot be read: ${error.detail}.`
    case 'SITE_SIGNERS_UNREADABLE':
      return `Only signed site files are taken here, but the signers file ${error.file} cannot be used: ${error.detail}.`
    case 'SITE_SIGNATURE':
      return describeSignatureProblem(error.problem, error.file)
    case 'SITE_SYNTAX':
    case 'SITE_INVALID':
      return error.problems.map(({ line, column, message }) => `${error.file}:${line}:${column}: ${message}`).join('\n')
  }
}

async function read(file: string): Promise<Result<string, SiteError>> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file)))
  } catch (error) {
    if (error instanceof TypeError) return err({ code: 'SITE_UNREADABLE', file, detail: 'it is not UTF-8' })
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'ENOENT') return err({ code: 'SITE_NOT_FOUND', file })
    return err({ code: 'SITE_UNREADABLE', file, detail: error.message })
  }
}

function problemsOf(complaints: readonly SiteComplaint[], document: JsonDocument): readonly SiteProblem[] {
  return complaints
    .map((complaint) => {
      const { path, reason } = complaint
      const shown = formatPath(path)
      const message = `${shown === '' ? 'the site file' : shown} ${reason}`
      return { ...document.locate(path), path: shown, message, complaint }
    })
    .sort((a, b) => a.line - b.line || a.column - b.column)
}

function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((shown, step) => {
    if (typeof step === 'number') return `${shown}[${step}]`
    return shown === '' ? step : `${shown}.${step}`
  }, '')
}

function anchored(site: Site, folder: string): Site {
  const { centre, face } = site
  const decoder = face.portraitDecoder
  return {
    ...site,
    centre: centre.caFile === undefined ? centre : { ...centre, caFile: resolve(folder, centre.caFile) },
    face: {
      ...face,
      ...(face.manifest !== undefined && { manifest: resolve(folder, face.manifest) }),
      ...(decoder !== undefined && {
        portraitDecoder: { ...decoder, command: anchoredCommand(folder, decoder.command) },
      }),
    },
  }
}

/** A bare name is looked up on the PATH; anything with a slash is a file. */
function anchoredCommand(folder: string, command: string): string {
  return /[/\\]/.test(command) ? resolve(folder, command) : command
}
