import { describe, expect, it } from 'vitest'
import { fieldsOf } from './site-fields.ts'
import { fieldWords, groupWords } from './words.ts'

const serial = { kind: 'serial', path: '/dev/ttyS0', usb: {} }
const transports = [serial, ...['tcp', 'hid', 'bulk', 'lp', 'cups', 'keyboard'].map((kind) => ({ kind, layout: {} }))]
const roles = {
  'id-card': [{}],
  scanner: [{}],
  'receipt-printer': [{}],
  'certificate-printer': [{ calibration: {} }],
  'document-printer': [{}],
  ups: [{}],
  'io-board': [{ wiring: {} }],
  watchdog: [{ driver: 'linux' }, { driver: 'ch340' }],
  'ic-card': [{ driver: 'pcsc' }, { driver: 'jt808-module' }],
  camera: [{}],
}
const files = Object.entries(roles).flatMap(([role, devices]) =>
  devices.flatMap((device) =>
    transports.map((transport) => ({ face: { portraitDecoder: {} }, devices: { [role]: { ...device, transport } } })),
  ),
)

describe('the site file on the console', () => {
  it('has words of its own language for every field a technician may meet', () => {
    const paths = new Set(files.flatMap((file) => fieldsOf(file).map(({ path }) => path.join('.'))))
    expect(paths.size).toBeGreaterThan(80)
    expect([...paths].filter((path) => fieldWords(path.split('.')) === undefined)).toEqual([])
  })

  it('has words for every section', () => {
    const groups = new Set(
      files.flatMap((file) => fieldsOf(file).map(({ path }) => path.slice(0, path[0] === 'devices' ? 2 : 1).join('.'))),
    )
    const sections = [...groups].filter((group) => !['mode', 'province'].includes(group))
    expect(sections.filter((group) => groupWords(group) === group)).toEqual([])
  })
})
