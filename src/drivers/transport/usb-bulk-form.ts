/** How a vendor-class bulk reader spreads a frame over its endpoints, named as in addresses and site files. */
export const USB_BULK_FORMS = ['single', 'two-pipe'] as const
export type UsbBulkFormName = (typeof USB_BULK_FORMS)[number]

/** One endpoint of the interface as its descriptor shows it; `number` is without the direction bit. */
export interface BulkEndpoint {
  readonly number: number
  readonly direction: 'in' | 'out'
  readonly packetBytes: number
}

/** A form, settled on the endpoints of one opened device. Holds no handle and no timer. */
export interface UsbBulkForm {
  /** What goes out where, in order, to carry `message`. */
  write(message: Uint8Array): readonly { readonly endpoint: number; readonly bytes: Uint8Array }[]
  /** The endpoint on which the next bytes are to be expected. */
  readonly reading: number
  /** Tells what came from `reading`. */
  took(bytes: Uint8Array): void
  /** Tells that nothing came for the length of one wait: what was begun is given up. */
  waitedInVain(): void
}

/** The form of this name on these endpoints, or in words what they lack. */
export function usbBulkForm(name: UsbBulkFormName, endpoints: readonly BulkEndpoint[]): UsbBulkForm | string {
  if (name === 'two-pipe') {
    const lacking = TWO_PIPES.filter((pipe) => !endpoints.some((each) => same(each, pipe)))
    if (lacking.length > 0) return `the device has no bulk ${lacking.map(inWords).join(', ')}: try form=single`
    return new TwoPipes()
  }
  const out = endpoints.find((each) => each.direction === 'out')
  const input = endpoints.find((each) => each.direction === 'in')
  if (!out || !input) return 'the device lacks a bulk endpoint in one direction'
  return {
    write: (message) => [{ endpoint: out.number, bytes: message }],
    reading: input.number,
    took: () => undefined,
    waitedInVain: () => undefined,
  }
}

type Pipe = Pick<BulkEndpoint, 'number' | 'direction'>

const HEADER_OUT = { number: 2, direction: 'out' } as const
const BODY_OUT = { number: 6, direction: 'out' } as const
const HEADER_IN = { number: 1, direction: 'in' } as const
const BODY_IN = { number: 5, direction: 'in' } as const
const TWO_PIPES: readonly Pipe[] = [HEADER_OUT, BODY_OUT, HEADER_IN, BODY_IN]

/** `AA AA AA 96 69 Len1 Len2`. */
const HEADER_BYTES = 7
const PREAMBLE = [0xaa, 0xaa, 0xaa, 0x96, 0x69] as const

/**
 * The published form of the security module's own USB side: preamble and length travel on pipes 02 (out) and 81 (in),
 * everything behind them on 06 and 85.
 */
class TwoPipes implements UsbBulkForm {
  private header: number[] = []
  private bodyLeft = 0

  get reading(): number {
    return this.bodyLeft > 0 ? BODY_IN.number : HEADER_IN.number
  }

  write(message: Uint8Array): readonly { readonly endpoint: number; readonly bytes: Uint8Array }[] {
    return [
      { endpoint: HEADER_OUT.number, bytes: message.subarray(0, HEADER_BYTES) },
      { endpoint: BODY_OUT.number, bytes: message.subarray(HEADER_BYTES) },
    ]
  }

  took(bytes: Uint8Array): void {
    if (this.bodyLeft > 0) {
      this.bodyLeft = Math.max(0, this.bodyLeft - bytes.length)
      return
    }
    this.header = [...this.header, ...bytes].slice(-HEADER_BYTES)
    if (this.header.length < HEADER_BYTES || !PREAMBLE.every((byte, at) => byte === this.header[at])) return
    const [, , , , , high = 0, low = 0] = this.header
    this.bodyLeft = (high << 8) | low
    this.header = []
  }

  waitedInVain(): void {
    this.header = []
    this.bodyLeft = 0
  }
}

function same(endpoint: Pipe, pipe: Pipe): boolean {
  return endpoint.number === pipe.number && endpoint.direction === pipe.direction
}

function inWords(pipe: Pipe): string {
  const address = pipe.direction === 'in' ? 0x80 | pipe.number : pipe.number
  return `endpoint ${address.toString(16).toUpperCase().padStart(2, '0')}`
}
