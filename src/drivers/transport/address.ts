import { err, ok, type Result } from '../../lib/result.ts'
import { parseIppServer } from '../ipp/server.ts'
import { hex4 } from './hid-choice.ts'
import { HID_FRAMINGS, type HidFramingName } from './hid-framing.ts'
import { formatHidLayout, parseHidLayout, type HidLayout } from './hid-layout.ts'
import { USB_BULK_FORMS, type UsbBulkFormName } from './usb-bulk-form.ts'

/** Where a device is reached. */
export type PortAddress =
  | ({ readonly kind: 'serial'; readonly path: string } & LineSettings)
  /** A serial port by the USB device it belongs to, in whatever socket that is. */
  | ({
      readonly kind: 'serial-usb'
      /** USB ids, 0 to FFFF. */
      readonly vendorId: number
      readonly productId: number
      /** Tells two adapters of one model apart. */
      readonly serialNumber?: string
      /** Number of the USB interface: tells the ports of one adapter apart. */
      readonly interface?: number
    } & LineSettings)
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** A USB printer as a character device. */
  | { readonly kind: 'lp'; readonly path: string }
  /** A raw queue of a print server; `server` as HOST:PORT or socket path, the machine's own when absent. */
  | { readonly kind: 'cups'; readonly queue: string; readonly server?: string }
  | {
      readonly kind: 'hid'
      /** USB ids, 0 to FFFF. */
      readonly vendorId: number
      readonly productId: number
      /** Tells two devices of one model apart. */
      readonly serialNumber?: string
      /** Tells the interfaces of one device apart; the one the framing wants when absent. */
      readonly usagePage?: number
      /** A known framing by its name, or the layout of the reports as data. */
      readonly framing: HidFramingName | HidLayout
    }
  | {
      /** A USB device of the vendor class with bulk endpoints, which is neither serial nor HID. */
      readonly kind: 'bulk'
      readonly vendorId: number
      readonly productId: number
      readonly serialNumber?: string
      readonly form: UsbBulkFormName
    }

export interface LineSettings {
  /** Bits per second. */
  readonly baudRate: number
  readonly dataBits: 7 | 8
  readonly parity: 'none' | 'even' | 'odd'
  readonly stopBits: 1 | 2
  readonly rtscts: boolean
  readonly xonxoff: boolean
}

export interface BadAddress {
  readonly code: 'BAD_ADDRESS'
  readonly detail: string
}

const bad = (detail: string): Result<never, BadAddress> => err({ code: 'BAD_ADDRESS', detail })

/**
 * Reads the address of a device as people and site files write it:
 * `/dev/ttyUSB0`, `COM3`, `/dev/ttyS0@9600`, `serial:/dev/ttyS0?baud=9600&parity=even&flow=rtscts`,
 * `serial:usb:10C4:EA60@9600?serial=S1&interface=0` (a port by its USB identity, whatever its path is today),
 * `10.0.0.5:9100`, `[::1]:9100`, `tcp://printer.local:9100`,
 * `lp:/dev/usb/lp0`, `/dev/usb/lp0`, `cups:RECEIPT`, `cups:RECEIPT?server=10.0.0.2:631`,
 * `hid:0483:572B`, `hid:0C2E:0B61?serial=S123&usage-page=008C&framing=hid-pos`,
 * `hid:1234:5678?framing=report-id:0,bytes:64,length-at:0,data-at:1`, `bulk:0400:C35A?serial=S1&form=two-pipe`.
 * @param defaultBaud bits per second where the text names none (the device's factory setting)
 * @param defaultFraming how this kind of device carries bytes in HID reports; absent: the text must name it
 */
export function parseAddress(
  text: string,
  defaultBaud: number,
  defaultFraming?: HidFramingName,
): Result<PortAddress, BadAddress> {
  if (/^hid:/i.test(text)) return parseHid(text, defaultFraming)
  if (/^bulk:/i.test(text)) return parseBulk(text)
  if (/^tcp:/i.test(text)) return parseTcp(text.replace(/^tcp:(\/\/)?/i, '').replace(/\/$/, ''), text)
  if (/^lp:/i.test(text)) return parseLp(text.slice('lp:'.length))
  if (/^\/dev\/(usb\/)?lp\d+$/.test(text)) return parseLp(text)
  if (/^cups:/i.test(text)) return parseCups(text)
  if (/^serial:/i.test(text)) return parseSerialUrl(text.slice('serial:'.length), defaultBaud)
  if (/[/\\]/.test(text) || /^COM\d+(@\d+)?$/i.test(text)) return parsePath(text, defaultBaud)
  if (/:\d+$/.test(text)) return parseTcp(text, text)
  return parsePath(text, defaultBaud)
}

/** Shows an address as `Transport.name` does; `parseAddress` reads it back. */
export function formatAddress(address: PortAddress): string {
  if (address.kind === 'serial') return `serial:${address.path}@${address.baudRate}`
  if (address.kind === 'serial-usb') return formatSerialUsb(address)
  if (address.kind === 'hid') return formatHid(address)
  if (address.kind === 'lp') return `lp:${address.path}`
  if (address.kind === 'cups') return formatCups(address)
  if (address.kind === 'bulk') return formatBulk(address)
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

function parseLp(path: string): Result<PortAddress, BadAddress> {
  return path.startsWith('/') ? ok({ kind: 'lp', path }) : bad(`lp:${path} is not lp:/dev/usb/lp0`)
}

/** The names CUPS allows: printable, without space, slash and number sign (lpadmin(8)). */
const QUEUE = /^cups:([^\s/#?]{1,127})(?:\?server=([^&]+))?$/i

function parseCups(text: string): Result<PortAddress, BadAddress> {
  const match = QUEUE.exec(text)
  if (!match) return bad(`${text} is not cups:QUEUE or cups:QUEUE?server=HOST:PORT`)
  const [, queue = '', server] = match
  if (server === undefined) return ok({ kind: 'cups', queue })
  const known = parseIppServer(server)
  return known.ok ? ok({ kind: 'cups', queue, server }) : bad(`${text}: ${known.error}`)
}

function formatCups({ queue, server }: Extract<PortAddress, { kind: 'cups' }>): string {
  return server === undefined ? `cups:${queue}` : `cups:${queue}?server=${server}`
}

function parsePath(text: string, defaultBaud: number): Result<PortAddress, BadAddress> {
  const match = /^(.+?)(?:@(\d+))?$/.exec(text)
  const path = match?.[1]
  if (path === undefined) return bad('the address is empty')
  return serial(path, match?.[2] === undefined ? defaultBaud : Number(match[2]), new URLSearchParams())
}

function parseSerialUrl(rest: string, defaultBaud: number): Result<PortAddress, BadAddress> {
  const [pathAndBaud = '', query = ''] = rest.split('?', 2)
  const options = new URLSearchParams(query)
  if (/^usb:/i.test(pathAndBaud)) return parseSerialUsb(pathAndBaud, options, defaultBaud)
  const path = parsePath(pathAndBaud, defaultBaud)
  if (!path.ok || path.value.kind !== 'serial') return path
  const baud = options.get('baud')
  return serial(path.value.path, baud === null ? path.value.baudRate : Number(baud), options)
}

function parseSerialUsb(text: string, options: URLSearchParams, defaultBaud: number): Result<PortAddress, BadAddress> {
  const match = /^usb:([0-9a-f]{4}):([0-9a-f]{4})(?:@(\d+))?$/i.exec(text)
  if (!match) return bad(`serial:${text} is not serial:usb:VVVV:PPPP, two USB ids of four hexadecimal digits`)
  const serialNumber = options.get('serial')
  if (serialNumber === '') return bad(`serial:${text}: serial is empty`)
  const face = options.get('interface')
  if (face !== null && !/^\d{1,3}$/.test(face)) return bad(`serial:${text}: interface is a number from 0`)
  const baud = options.get('baud') ?? match[3]
  options.delete('serial')
  options.delete('interface')
  const line = lineSettings(`serial:${text}`, baud === undefined ? defaultBaud : Number(baud), options)
  if (!line.ok) return line
  return ok({
    kind: 'serial-usb',
    vendorId: parseInt(match[1] ?? '', 16),
    productId: parseInt(match[2] ?? '', 16),
    ...(serialNumber !== null && { serialNumber }),
    ...(face !== null && { interface: Number(face) }),
    ...line.value,
  })
}

function formatSerialUsb(address: Extract<PortAddress, { kind: 'serial-usb' }>): string {
  const options = new URLSearchParams()
  if (address.serialNumber !== undefined) options.set('serial', address.serialNumber)
  if (address.interface !== undefined) options.set('interface', String(address.interface))
  const query = options.size === 0 ? '' : `?${options.toString()}`
  return `serial:usb:${hex4(address.vendorId)}:${hex4(address.productId)}@${address.baudRate}${query}`
}

const SERIAL_OPTIONS: Readonly<Record<string, readonly string[] | undefined>> = {
  bits: ['7', '8'],
  parity: ['none', 'even', 'odd'],
  stop: ['1', '2'],
  flow: ['none', 'rtscts', 'xonxoff'],
}

function serial(path: string, baudRate: number, options: URLSearchParams): Result<PortAddress, BadAddress> {
  const line = lineSettings(path, baudRate, options)
  return line.ok ? ok({ kind: 'serial', path, ...line.value }) : line
}

function lineSettings(path: string, baudRate: number, options: URLSearchParams): Result<LineSettings, BadAddress> {
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
  const layout = named?.includes(':') === true ? parseHidLayout(named) : undefined
  if (layout && !layout.ok) return bad(`${text}: ${layout.error}`)
  const framing = layout?.value ?? (named === null ? defaultFraming : HID_FRAMINGS.find((each) => each === named))
  if (!framing) return bad(`${text}: framing is one of ${HID_FRAMINGS.join(', ')}, or a layout`)
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
  options.set('framing', typeof address.framing === 'string' ? address.framing : formatHidLayout(address.framing))
  return `hid:${hex4(address.vendorId)}:${hex4(address.productId)}?${options.toString()}`
}

const BULK_OPTIONS: ReadonlySet<string> = new Set(['serial', 'form'])

function parseBulk(text: string): Result<PortAddress, BadAddress> {
  const match = /^bulk:([0-9a-f]{4}):([0-9a-f]{4})(?:\?(.*))?$/i.exec(text)
  if (!match) return bad(`${text} is not bulk:VVVV:PPPP, two USB ids of four hexadecimal digits`)
  const options = new URLSearchParams(match[3])
  for (const name of options.keys()) if (!BULK_OPTIONS.has(name)) return bad(`${text}: there is no option "${name}"`)
  const form = USB_BULK_FORMS.find((each) => each === (options.get('form') ?? 'single'))
  if (!form) return bad(`${text}: form is one of ${USB_BULK_FORMS.join(', ')}`)
  const serialNumber = options.get('serial')
  if (serialNumber === '') return bad(`${text}: serial is empty`)
  return ok({
    kind: 'bulk',
    vendorId: parseInt(match[1] ?? '', 16),
    productId: parseInt(match[2] ?? '', 16),
    ...(serialNumber !== null && { serialNumber }),
    form,
  })
}

function formatBulk(address: Extract<PortAddress, { kind: 'bulk' }>): string {
  const options = new URLSearchParams()
  if (address.serialNumber !== undefined) options.set('serial', address.serialNumber)
  options.set('form', address.form)
  return `bulk:${hex4(address.vendorId)}:${hex4(address.productId)}?${options.toString()}`
}
