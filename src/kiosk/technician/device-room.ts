import { realpathSync } from 'node:fs'
import type { DeviceRole } from '../../drivers/report.ts'
import type { SelfTest } from '../../drivers/self-test.ts'
import type { TextRef } from '../../ipc/text.ts'
import { err, ok } from '../../lib/result.ts'
import type { Site } from '../site/schema.ts'
import type { Watch } from '../watch.ts'
import { rolesOfSchema } from './binding.ts'
import { wordOf } from './site-fields.ts'
import type { DeviceOnBoard, DeviceRoom, Found, RoomTest } from './rooms.ts'

/** Tests that need nobody at the machine: the guided check runs them first, without a question. */
const WITHOUT_HANDS = new Set([
  'state',
  'status',
  'answers',
  'module-answers',
  'module-identity',
  'proof-method',
  'kick',
])

export interface DeviceRoomParts {
  readonly site: Site
  /** When this process began: since then what nobody watches is as it is. Milliseconds since the epoch. */
  readonly startedAt: number
  readonly watch: Watch
  readonly selfTests: (role: string) => readonly SelfTest[]
  readonly discover: (tell: (step: TextRef) => void, signal: AbortSignal) => Promise<readonly Found[]>
}

/** The devices of the site file with what the supervisor knows of them. */
export function deviceRoom({ site, watch, selfTests, discover, startedAt }: DeviceRoomParts): DeviceRoom {
  return {
    devices: () => [
      ...Object.entries(site.devices).flatMap(([role, device]) =>
        device === undefined ? [] : [onBoard(role, device, watch, startedAt)],
      ),
      touchScreen(startedAt),
    ],
    onChange: (listener) => watch.onDeviceChange(listener),
    selfTests: (role): readonly RoomTest[] =>
      role === SCREEN
        ? [{ test: touchTest, hands: true }]
        : selfTests(role).map((test) => ({ test, hands: !WITHOUT_HANDS.has(test.id) })),
    roles: rolesOfSchema,
    discover,
  }
}

/** The screen in front of the technician is no device of the site file, but it is proved like one. */
const SCREEN = 'screen'

function touchScreen(since: number): DeviceOnBoard {
  return {
    role: SCREEN,
    driver: 'touch',
    model: null,
    address: '—',
    report: { state: 'SHOWN', tone: 'info', textKey: 'device.screen.shown', usable: true },
    since,
    optional: false,
    simulated: false,
  }
}

/** The page lets the technician draw a line; whether it followed her finger only she can tell. */
const touchTest: SelfTest = {
  id: 'touch-screen',
  run: async (call) =>
    (await call.ask('lineFollows'))
      ? ok({ measured: {} })
      : err({ key: 'lineDoesNotFollow', detail: 'the line did not follow the finger' }),
}

interface AnyDevice {
  readonly driver: string
  readonly optional: boolean
  readonly model?: string | undefined
  readonly transport?: unknown
  readonly queue?: unknown
}

function onBoard(role: string, device: AnyDevice, watch: Watch, startedAt: number): DeviceOnBoard {
  const standing = watch.supervisor?.standing(role as DeviceRole)
  const address = addressOf(device)
  return {
    role,
    driver: device.driver,
    model: device.model ?? null,
    address,
    // The camera belongs to the page: the supervisor does not ask it.
    report: standing ?? {
      state: 'UNSUPERVISED',
      tone: 'info',
      textKey: 'device.supervised.unsupervised',
      usable: true,
    },
    since: standing?.since ?? startedAt,
    optional: device.optional,
    simulated: isSimulated(device),
  }
}

/** How the site file says it is reached, in one short line. */
function addressOf({ transport, queue }: AnyDevice): string {
  if (typeof transport !== 'object' || transport === null) return typeof queue === 'string' ? `cups:${queue}` : '—'
  const parts = transport as Readonly<Record<string, unknown>>
  const word = (name: string): string => wordOf(parts[name])
  switch (parts['kind']) {
    case 'serial': {
      const usb = parts['usb'] as { vendorId?: string; productId?: string; serialNumber?: string } | undefined
      const place =
        usb === undefined
          ? word('path')
          : `${usb.vendorId ?? ''}:${usb.productId ?? ''} ${usb.serialNumber ?? ''}`.trim()
      return `serial:${place}${parts['baud'] === undefined ? '' : `@${word('baud')}`}`
    }
    case 'tcp':
      return `tcp:${word('host')}:${word('port')}`
    case 'hid':
      return `hid ${word('vendorId')}:${word('productId')} ${word('serialNumber')}`.trim()
    default:
      return `${word('kind')} ${word('path')}${word('queue')}`.trim()
  }
}

/** A pseudo terminal, or a printer on this very machine's loopback, is a simulator. */
function isSimulated({ transport }: AnyDevice): boolean {
  if (typeof transport !== 'object' || transport === null) return false
  const { kind, path, host } = transport as { kind?: unknown; path?: unknown; host?: unknown }
  if (kind === 'tcp') return host === '127.0.0.1' || host === 'localhost' || host === '::1'
  return kind === 'serial' && typeof path === 'string' && realPath(path).startsWith('/dev/pts/')
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
