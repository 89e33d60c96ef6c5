import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readOptions, type Surroundings } from './options.ts'

const development: Surroundings = { env: {}, argv: [], packaged: false, appPath: '/src', userData: '/home/kiosk/data' }
const packaged: Surroundings = { ...development, packaged: true, appPath: '/opt/kiosk/resources/app.asar' }

describe('in development', () => {
  test('without anything the rig runs, with the dock, full screen, on data in the work tree', () => {
    expect(readOptions(development)).toEqual({
      site: null,
      data: join('/src', '.kiosk'),
      windowed: false,
      dock: true,
      trace: false,
      development: true,
      kioskEntry: join('/src', 'dist', 'kiosk.mjs'),
      pages: join('/src', 'dist', 'renderer'),
    })
  })

  test('environment and command line are read', () => {
    const env = {
      KIOSK_SITE: '/etc/kiosk/site.json',
      KIOSK_DATA: '/var/lib/kiosk',
      KIOSK_DOCK: '0',
      KIOSK_TRACE_START: '1',
      KIOSK_ENTRY: '/tmp/kiosk.ts',
      KIOSK_PAGES: '/tmp/pages',
    }
    expect(readOptions({ ...development, env, argv: ['electron', '/src', '--windowed'] })).toEqual({
      site: '/etc/kiosk/site.json',
      data: '/var/lib/kiosk',
      windowed: true,
      dock: false,
      trace: true,
      development: true,
      kioskEntry: '/tmp/kiosk.ts',
      pages: '/tmp/pages',
    })
  })

  test('an empty variable is one that is not set', () => {
    expect(readOptions({ ...development, env: { KIOSK_SITE: '', KIOSK_DATA: '' } })).toMatchObject({
      site: null,
      data: join('/src', '.kiosk'),
    })
  })
})

test('nothing from outside opens a packaged kiosk: no window, no dock, no other code', () => {
  const env = { KIOSK_WINDOWED: '1', KIOSK_ENTRY: '/tmp/evil.mjs', KIOSK_PAGES: '/tmp/evil' }
  expect(readOptions({ ...packaged, env, argv: ['--windowed'] })).toMatchObject({
    data: '/home/kiosk/data',
    windowed: false,
    dock: false,
    development: false,
    kioskEntry: join('/opt/kiosk/resources/app.asar', 'dist', 'kiosk.mjs'),
    pages: join('/opt/kiosk/resources/app.asar', 'dist', 'renderer'),
  })
})
