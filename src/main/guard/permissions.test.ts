import { describe, expect, test } from 'vitest'
import { mayRequest } from './origins.ts'
import { mayUse } from './permissions.ts'

const camera = { permission: 'media', origin: 'kiosk://app/index.html', isMainFrame: true, media: ['video'] }

describe('permissions', () => {
  test('the screens may use the camera', () => {
    expect(mayUse(camera)).toBe(true)
    expect(mayUse({ ...camera, origin: 'kiosk://app' })).toBe(true)
  })

  test.each([
    ['sound', { media: ['audio'] }],
    ['picture and sound', { media: ['video', 'audio'] }],
    ['something unnamed', { media: [] }],
    ['an unknown kind', { media: ['unknown'] }],
    ['a frame inside the page', { isMainFrame: false }],
    ['the dock', { origin: 'kiosk://dock/dock.html' }],
    ['a page over the screens', { origin: 'kiosk://cover/recovering.html' }],
    ['a stranger', { origin: 'https://app/' }],
    ['a host that looks like ours', { origin: 'kiosk://app.example/' }],
    ['no origin', { origin: '' }],
  ])('not %s', (_what, change) => {
    expect(mayUse({ ...camera, ...change })).toBe(false)
  })

  test.each(['geolocation', 'notifications', 'clipboard-read', 'display-capture', 'openExternal', 'fullscreen', 'hid'])(
    'never %s',
    (permission) => {
      expect(mayUse({ ...camera, permission })).toBe(false)
    },
  )
})

test.each([
  ['kiosk://app/main.js', true],
  ['data:image/png;base64,AA==', true],
  ['blob:kiosk://app/6f1', true],
  ['https://example.com/', false],
  ['http://127.0.0.1:8080/', false],
  ['ws://127.0.0.1/', false],
  ['file:///etc/passwd', false],
  ['devtools://devtools/bundled/inspector.html', false],
  ['not a url', false],
])('a page may request %s: %s', (url, allowed) => {
  expect(mayRequest(url)).toBe(allowed)
})
