import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { generateKeyPair, type KeyPair } from '../../src/central/contract/key.ts'
import type { ConsoleView } from '../../src/ipc/console.ts'
import { silentLog } from '../../src/lib/log.ts'
import { expectOk } from '../../src/lib/result.ts'
import { parseSite } from '../../src/kiosk/site/load-site.ts'
import { TechnicianConsole } from '../../src/kiosk/technician/console.ts'
import type { DeviceRoom, Rooms } from '../../src/kiosk/technician/rooms.ts'
import { hashPin } from '../../src/kiosk/technician/secrets.ts'
import type { Store } from '../../src/store/store.ts'
import { StoreFixture } from './store.ts'

const PIN = '246810'
const pinHash = hashPin(PIN)

/** A site file for one technician, T001; `devices` as the file writes them. */
function siteText(devices: object = {}, staff: readonly object[] = []): string {
  const site = { stationCode: 'S1', stationName: '站', stationKind: 'BUS_TERMINAL', areaCode: '440300' }
  const file = {
    site: { ...site, helpPhone: '0755-12328' },
    kiosk: { kioskId: 'KIOSK-0001', name: '1号机' },
    province: 'guangdong',
    centre: { url: 'https://centre.example.cn' },
    devices,
    technician: { staff },
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** A console with T001 in it, over a real store and a real site file; time moves only when told to. */
export interface OpenedConsole {
  readonly console: TechnicianConsole
  readonly fixture: StoreFixture
  readonly store: Store
  readonly sitePath: string
  readonly device: KeyPair
  /** Whether the console has the screen. */
  readonly onScreen: () => boolean
  readonly restarts: () => number
  readonly view: <Screen extends ConsoleView['screen']>(screen: Screen) => Extract<ConsoleView, { screen: Screen }>
  readonly audited: (action: string) => { readonly actor: string; readonly detail: unknown }[]
}

export interface ConsoleChoice {
  readonly devices?: object
  /** Called with the text of the site file before the console opens it. */
  readonly deliver?: (text: string, sitePath: string) => void
  readonly room?: Partial<DeviceRoom>
}

export async function openConsole({ devices, deliver, room = {} }: ConsoleChoice = {}): Promise<OpenedConsole> {
  const fixture = new StoreFixture()
  const store = fixture.open()
  const sitePath = join(fixture.folder, 'site.json')
  const text = siteText(devices, [{ id: 'T001', name: '甲', pin: await pinHash }])
  writeFileSync(sitePath, text)
  deliver?.(text, sitePath)
  const device = generateKeyPair('ed25519')
  let [restarts, open] = [0, false]
  const rooms = {
    ...{ clock: fixture.clock, log: silentLog, store, sitePath, dataDir: fixture.folder, device },
    site: expectOk(parseSite(text, sitePath), 'a right site file'),
    devices: {
      devices: () => [],
      onChange: () => () => undefined,
      selfTests: () => [],
      roles: () => [],
      discover: () => Promise.resolve([]),
      ...room,
    },
    closings: () => [],
    scan: () => Promise.resolve(null),
    tonerLeft: () => Promise.resolve(null),
    sendLetters: () => undefined,
    restart: () => (restarts += 1),
  } satisfies Partial<Rooms> as unknown as Rooms
  const stage = { openAside: () => (open = true), asideChanged: () => undefined, closeAside: () => (open = false) }
  const console = new TechnicianConsole(rooms, stage)
  onTestFinished(async () => {
    await console.stop()
    fixture.dispose()
  })
  console.open()
  console.receive({ type: 'CONSOLE_STAFF', staffId: 'T001' })
  console.receive({ type: 'CONSOLE_PIN', pin: PIN })
  while (console.technician === null) await new Promise((resolve) => setImmediate(resolve))
  return {
    ...{ console, fixture, store, sitePath, device },
    onScreen: () => open,
    restarts: () => restarts,
    view: (screen) => {
      const { view } = console
      if (view.screen !== screen) throw new Error(`${view.screen} is on the screen, not ${screen}`)
      return view as Extract<ConsoleView, { screen: typeof screen }>
    },
    audited: (action) =>
      expectOk(
        store.read(({ audit }) => audit.latest(100)),
        'the audit',
      )
        .filter((row) => row.action === action)
        .map(({ actor, detail }) => ({ actor, detail: JSON.parse(detail) as unknown })),
  }
}
