import type { Protocol } from 'electron'
import { readFile } from 'node:fs/promises'
import { scheme } from './origins.ts'
import { securityHeaders } from './headers.ts'
import { resolveFile, type Sites } from './resolve-file.ts'

/** What `protocol.registerSchemesAsPrivileged` is told before the app is ready. */
export const privilegedScheme = {
  scheme,
  privileges: { standard: true, secure: true, supportFetchAPI: false, corsEnabled: false, codeCache: true },
} as const

/** Text put into a page when it is served: `{{technician}}` and the like. */
export type Fill = (host: string, html: string) => string

/** Serves the kiosk's scheme from `sites`, with every security header, and nothing else. */
export function serve(protocol: Protocol, sites: Sites, fill: Fill): void {
  protocol.handle(scheme, async (request) => {
    const file = request.method === 'GET' ? resolveFile(sites, request.url) : null
    const bytes = file === null ? null : await readFile(file.path).catch(() => null)
    if (file === null || bytes === null) return new Response(null, { status: 404, headers: securityHeaders })
    const isPage = file.type.startsWith('text/html')
    const body = isPage ? fill(new URL(request.url).host, bytes.toString('utf8')) : new Uint8Array(bytes)
    return new Response(body, { headers: { ...securityHeaders, 'content-type': file.type } })
  })
}
