import type { DeviceRow } from '../../ipc/console.ts'
import { text } from '../../ipc/text.ts'
import { mustRead } from '../../store/must.ts'
import type { DeviceOnBoard, Rooms } from './rooms.ts'

/** A device as board and device page show it, with its last self-test. */
export function rowOf(rooms: Rooms, device: DeviceOnBoard): DeviceRow {
  const tests = mustRead(rooms.store, (view) => view.selfTests.latest(device.role))
  const last = tests.reduce<(typeof tests)[number] | null>(
    (newest, test) => (newest === null || test.at > newest.at ? test : newest),
    null,
  )
  const { role, driver, model, address, report, since, optional, simulated } = device
  return {
    role,
    name: text(`device.name.${role}`),
    driver,
    model,
    address,
    tone: report.tone,
    state: report.state,
    words: { key: report.textKey },
    remedy: report.tone === 'good' ? null : { key: report.textKey.replace(/^device\./, 'remedy.') },
    since,
    optional,
    simulated,
    lastTest: last === null ? null : { at: last.at, passed: last.passed },
  }
}
