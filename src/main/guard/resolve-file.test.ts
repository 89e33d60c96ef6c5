import fc from 'fast-check'
import { sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveFile, type Sites } from './resolve-file.ts'

const sites: Sites = {
  app: { '': '/opt/kiosk/dist/renderer' },
  cover: { '': '/opt/kiosk/dist/pages', fonts: '/opt/kiosk/dist/renderer/fonts' },
}

describe('the kiosk scheme serves its own files', () => {
  test.each([
    ['kiosk://app/index.html', '/opt/kiosk/dist/renderer/index.html', 'text/html; charset=utf-8'],
    ['kiosk://app/fonts/noto-400.woff2', '/opt/kiosk/dist/renderer/fonts/noto-400.woff2', 'font/woff2'],
    ['kiosk://cover/cover.css', '/opt/kiosk/dist/pages/cover.css', 'text/css; charset=utf-8'],
    ['kiosk://cover/fonts/fonts.css', '/opt/kiosk/dist/renderer/fonts/fonts.css', 'text/css; charset=utf-8'],
    ['kiosk://app/main.js?v=1#top', '/opt/kiosk/dist/renderer/main.js', 'text/javascript; charset=utf-8'],
  ])('%s', (url, path, type) => {
    expect(resolveFile(sites, url)).toEqual({ path, type })
  })

  test.each([
    ['a host that is not there', 'kiosk://dock/dock.html'],
    ['a name of JavaScript’s own', 'kiosk://constructor/index.html'],
    ['data', 'kiosk://app/package.json'],
    ['another scheme', 'https://app/index.html'],
    ['a folder', 'kiosk://app/'],
    ['a hidden file', 'kiosk://app/.fingerprint.json'],
    ['a source map', 'kiosk://app/main.js.map'],
    ['the folder above behind an encoded slash', 'kiosk://app/..%2fmain.js'],
    ['the folder above in Windows’ way', 'kiosk://app/..%5cmain.js'],
    ['an absolute path', 'kiosk://app//etc/hosts.html'],
    ['a drive', 'kiosk://app/c:/windows.html'],
    ['a byte that ends a string in C', 'kiosk://app/index.html%00.png'],
    ['broken encoding', 'kiosk://app/%zz.html'],
    ['no URL at all', 'index.html'],
  ])('%s is not served', (_what, url) => {
    expect(resolveFile(sites, url)).toBeNull()
  })

  test.each(['kiosk://app/../main.js', 'kiosk://app/%2e%2e/main.js', 'kiosk://app/fonts/../../../main.js'])(
    '%s stays where it is',
    (url) => {
      expect(resolveFile(sites, url)?.path).toBe('/opt/kiosk/dist/renderer/main.js')
    },
  )

  test('a name of JavaScript’s own is a file name like any other', () => {
    expect(resolveFile(sites, 'kiosk://cover/constructor/name.html')?.path).toBe(
      '/opt/kiosk/dist/pages/constructor/name.html',
    )
  })

  test('no path whatsoever leads out of the folder', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', '%2F', '%5C', '\\', '/', '//', 'x.html', 'a', '%00', '~', 'C:', '%25'),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.constantFrom('app', 'cover'), fc.array(part, { maxLength: 10 }), (host, parts) => {
        const file = resolveFile(sites, `kiosk://${host}/${parts.join('')}`)
        if (file === null) return
        expect(file.path.startsWith(`${sep}opt${sep}kiosk${sep}dist${sep}`)).toBe(true)
        expect(file.path.split(sep)).not.toContain('..')
      }),
      { numRuns: 2_000 },
    )
  })
})
