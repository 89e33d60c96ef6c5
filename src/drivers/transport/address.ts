import { err, ok, type Result } from '../../lib/result.ts'
import { hex4 } from './hid-choice.ts'
import { HID_FRAMINGS, type HidFramingName } from './hid-framing.ts'

/** Where a device is reached. */
export type PortAddress =
  | {
      readonly kind: 'serial'
      readonly path: string
      readonly baudRate: number
      readonly dataBits: 7 | 8
      readonly parity: 'none' | 'even' | 'odd'
      readonly stopBits: 1 | 2
      readonly rtscts: boolean
      readonly xonxoff: boolean
    }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'hid'
      /** USB ids, 0 to FFFF. */
      readonly vendorId: number
      readonly productId: number
      /** Tells two devices of one model apart. */
      readonly serialNumber?: string
      /** Tells the interfaces of one device apart; the one the framing wants when absent. */
      readonly usagePage?: number
      readonly framing: HidFramingName
    }

export interface BadAddress {
  readonly code: 'BAD_ADDRESS'
  readonly detail: string
}

const bad = (detail: string): Result<never, BadAddress> => err({ code: 'BAD_ADDRESS', detail })

/**
 * Reads the address of a device as people and site files write it:
 * `/dev/ttyUSB0`, `COM3`, `/dev/ttyS0@9600`, `serial:/dev/ttyS0?baud=9600&parity=even&flow=rtscts`,
 * `10.0.0.5:9100`, `[::1]:9100`, `tcp://printer.local:9100`,
 * `hid:0483:572B`, `hid:0C2E:0B61?serial=S123&usage-page=008C&framing=hid-pos`.
 * @param defaultBaud bits per second where the text names none (the device's factory setting)
 * @param defaultFraming how this kind of device carries bytes in HID reports; absent: the text must name it
 */
export function parseAddress(
  text: string,
  defaultBaud: number,
  defaultFraming?: HidFramingName,
): Result<PortAddress, BadAddress> {
  if (/^hid:/i.test(text)) return parseHid(text, defaultFraming)
  if (/^tcp:/i.test(text)) return parseTcp(text.replace(/^tcp:(\/\/)?/i, '').replace(/\/$/, ''), text)
  if (/^serial:/i.test(text)) return parseSerialUrl(text.slice('serial:'.length), defaultBaud)
  if (/[/\\]/.test(text) || /^COM\d+(@\d+)?$/i.test(text)) return parsePath(text, defaultBaud)
  if (/:\d+$/.test(text)) return parseTcp(text, text)
  return parsePath(text, defaultBaud)
}

/** Shows an address as `Transport.name` does; `parseAddress` reads it back. */
export function formatAddress(address: PortAddress): string {
  if (address.kind === 'serial') return `serial:${address.path}@${address.baudRate}`
  if (address.kind === 'hid') return formatHid(address)
  return `tcp:${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

function parseTcp(hostPort: string, whole: string): Result<PortAddress, BadAddress> {
  const match = /^(?:\[([^\]]+)\]|([^:\s/]*)):(\d+)$/.exec(hostPort)
  if (!match) return bad(`${whole} is not HOST:PORT`)
  const port = Number(match[3])
  if (port > 65_535) return bad(`${whole}: a TCP port is 0 to 65535`)
  const host = match[1] ?? match[2] ?? ''
  return ok({ kind: 'tcp', host: host === '' ? '127.0.0.1' : host, port })
}

function parsePath(text: string, defaultBaud: number): Result<PortAddress, BadAddress> {
  const match = /^(.+?)(?:@(\d+))?$/.exec(text)
  const path = match?.[1]
  if (path === undefined) return bad('the address is empty')
  return serial(path, match?.[2] === undefined ? defaultBaud : Number(match[2]), new URLSearchParams())
}

function parseSerialUrl(rest: string, defaultBaud: number): Result<PortAddress, BadAddress> {
  const [pathAndBaud = '', query = ''] = rest.split('?', 2)
  const path = parsePath(pathAndBaud, defaultBaud)
  if (!path.ok || path.value.kind !== 'serial') return path
  const options = new URLSearchParams(query)
  const baud = options.get('baud')
  return serial(path.value.path, baud === null ? path.value.baudRate : Number(baud), options)
}

const SERIAL_OPTIONS: Readonly<Record<string, readonly string[] | undefined>> = {
  bits: ['7', '8'],
  parity: ['none', 'even', 'odd'],
  stop: ['1', '2'],
  flow: ['none', 'rtscts', 'xonxoff'],
}

function serial(path: string, baudRate: number, options: URLSearchParams): Result<PortAddress, BadAddress> {
  if (!Number.isInteger(baudRate) || baudRate < 50 || baudRate > 4_000_000)
    return bad(`${path}: the baud rate must be a number from 50 to 4000000`)
  for (const [name, value] of options) {
    if (name === 'baud') continue
    const allowed = SERIAL_OPTIONS[name]
    if (!allowed) return bad(`${path}: there is no option "${name}"`)
    if (!allowed.includes(value)) return bad(`${path}: ${name} is one of ${allowed.join(', ')}`)
  }
  const parity = options.get('parity')
  return ok({
    kind: 'serial',
    path,
    baudRate,
    dataBits: options.get('bits') === '7' ? 7 : 8,
    parity: parity === 'even' || parity === 'odd' ? parity : 'none',
    stopBits: options.get('stop') === '2' ? 2 : 1,
    rtscts: options.get('flow') === 'rtscts',
    xonxoff: options.get('flow') === 'xonxoff',
  })
}

const HID_OPTIONS: ReadonlySet<string> = new Set(['serial', 'usage-page', 'framing'])

function parseHid(text: string, defaultFraming: HidFramingName | undefined): Result<PortAddress, BadAddress> {
  const match = /^hid:([0-9a-f]{4}):([0-9a-f]{4})(?:\?(.*))?$/i.exec(text)
  if (!match) return bad(`${text} is not hid:VVVV:PPPP, two USB ids of four hexadecimal digits`)
  const options = new URLSearchParams(match[3])
  for (const name of options.keys()) if (!HID_OPTIONS.has(name)) return bad(`${text}: there is no option "${name}"`)
  const named = options.get('framing')
  const framing = named === null ? defaultFraming : HID_FRAMINGS.find((each) => each === named)
  if (!framing) return bad(`${text}: framing is one of ${HID_FRAMINGS.join(', ')}`)
  const page = options.get('usage-page')
  if (page !== null && !/^[0-9a-f]{1,4}$/i.test(page))
    return bad(`${text}: usage-page is one to four hexadecimal digits`)
  const serialNumber = options.get('serial')
  if (serialNumber === '') return bad(`${text}: serial is empty`)
  return ok({
    kind: 'hid',
    vendorId: parseInt(match[1] ?? '', 16),
    productId: parseInt(match[2] ?? '', 16),
    ...(serialNumber !== null && { serialNumber }),
    ...(page !== null && { usagePage: parseInt(page, 16) }),
    framing,
  })
}

function formatHid(address: Extract<PortAddress, { kind: 'hid' }>): string {
  const options = new URLSearchParams()
  if (address.serialNumber !== undefined) options.set('serial', address.serialNumber)
  if (address.usagePage !== undefined) options.set('usage-page', hex4(address.usagePage))
  options.set('framing', address.framing)
  return `hid:${hex4(address.vendorId)}:${hex4(address.productId)}?${options.toString()}`
}
