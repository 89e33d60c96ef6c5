import { lengthPrefixed64 } from './hid-length-prefixed.ts'
import { usbBulkForm, type BulkEndpoint } from './usb-bulk-form.ts'

const PIPES: readonly BulkEndpoint[] = [
  { number: 2, direction: 'out', packetBytes: 64 },
  { number: 6, direction: 'out', packetBytes: 64 },
  { number: 1, direction: 'in', packetBytes: 64 },
  { number: 5, direction: 'in', packetBytes: 64 },
]
const FRAME = Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x08, 0x00, 0x00, 0x9f, 0x00, 0x00, 0x00, 0x00, 0x97)

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  /** A fresh stream that takes the bytes piece by piece, as a line brings them. */
  line?: () => (piece: Uint8Array) => void
  readonly seeds: readonly Uint8Array[]
}[] = [
  {
    name: 'transport/hid length-prefixed-64',
    feed(bytes) {
      const decoder = lengthPrefixed64.decoder()
      for (let at = 0; at < bytes.length; at += 64) decoder.take(bytes.subarray(at, at + 64), at)
      lengthPrefixed64.encode?.(bytes)
    },
    line() {
      const decoder = lengthPrefixed64.decoder()
      return (piece) => void decoder.take(piece, 0)
    },
    seeds: (lengthPrefixed64.encode?.(FRAME) ?? []).map((report) => report.subarray(1)),
  },
  {
    name: 'transport/usb two-pipe',
    feed: (bytes) => twoPipes()(bytes),
    line: twoPipes,
    seeds: [FRAME, FRAME.subarray(0, 7)],
  },
]

function twoPipes(): (piece: Uint8Array) => void {
  const form = usbBulkForm('two-pipe', PIPES)
  if (typeof form === 'string') throw new Error(form)
  return (piece) => {
    form.took(piece)
    if (form.reading !== 1 && form.reading !== 5) throw new Error(`reads from endpoint ${form.reading}`)
  }
}
