import { extname, resolve, sep } from 'node:path'
import { scheme } from './origins.ts'

/** Kinds of files the pages are made of; anything else is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
}

export interface ServedFile {
  readonly path: string
  readonly type: string
}

/** Which folders a host serves: by first path segment, `''` standing for all others. */
export type Sites = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The file behind `url`, or null for anything outside the folders of its host or of no known kind. */
export function resolveFile(sites: Sites, url: string): ServedFile | null {
  if (!URL.canParse(url)) return null
  const { protocol, host, pathname } = new URL(url)
  const site = Object.hasOwn(sites, host) ? sites[host] : undefined
  if (protocol !== `${scheme}:` || site === undefined) return null
  const segments = decode(pathname)
  if (segments === null) return null
  const first = segments[0] ?? ''
  const special = Object.hasOwn(site, first) ? site[first] : undefined
  const folder = special ?? site['']
  if (folder === undefined) return null
  const path = resolve(folder, ...(special === undefined ? segments : segments.slice(1)))
  const type = TYPES[extname(path)]
  return path.startsWith(resolve(folder) + sep) && type !== undefined ? { path, type } : null
}

/** The path's segments, or null when one of them means something to a file system. */
function decode(pathname: string): string[] | null {
  try {
    const segments = pathname.split('/').slice(1).map(decodeURIComponent)
    return segments.every((segment) => /^[\p{L}\p{N}_-][\p{L}\p{N}_.-]*$/u.test(segment)) ? segments : null
  } catch {
    return null
  }
}
