import { hidPos } from '../transport/hid-pos.ts'
import { decodeScan } from './codec.ts'
import { scannerProtocol } from './protocol/choose.ts'
import { menuCommand } from './protocol/honeywell.ts'
import type { ScannerDriverName, ScannerStream } from './protocol/protocol.ts'
import { encodeSsi, SSI } from './protocol/ssi-frame.ts'

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  /** A fresh stream that takes the bytes piece by piece, as a line brings them. */
  line?: () => (piece: Uint8Array) => void
  readonly seeds: readonly Uint8Array[]
}[] = [
  streamTarget('serial', ['440100165715\r\n', ']Q1粤B12345\r']),
  streamTarget('honeywell', ['TRGMOD0\x06!', 'TRGMOD0\x15.', '440100165715\r']),
  streamTarget('newland', ['\x02\x010000#SCNTRG1\x06;\x03', '440100165715\r']),
  streamTarget('gm65', ['\x02\x00\x00\x01\x00\x33\x31', '\x02\x00\x01\x01\x00\x04\x01', '440100165715\r']),
  {
    name: 'scanner/ssi',
    feed: (bytes) => listen('ssi', bytes),
    line: () => streamOf('ssi'),
    seeds: [
      encodeSsi('scanner', SSI.DECODE_DATA, [0x01, 0x4e, 0x52]),
      encodeSsi('scanner', SSI.DECODE_DATA, [0x1c, ...Buffer.from('440100165715')], 2),
      encodeSsi('scanner', SSI.ACK),
      encodeSsi('scanner', SSI.NAK, [1]),
    ],
  },
  {
    name: 'scanner/hid-pos',
    feed(bytes) {
      const decoder = hidPos.decoder()
      for (let at = 0; at < bytes.length; at += 64) decoder.take(bytes.subarray(at, at + 64), at)
    },
    line() {
      const decoder = hidPos.decoder()
      return (piece) => void decoder.take(piece, 0)
    },
    seeds: [report(']Q1', '440100165715', 0), Buffer.concat([report(']Q1', 'x'.repeat(56), 1), report(']Q1', 'y', 0)])],
  },
]

function streamTarget(name: ScannerDriverName, seeds: readonly string[]) {
  return {
    name: `scanner/${name}`,
    feed: (bytes: Uint8Array) => listen(name, bytes),
    line: () => streamOf(name),
    seeds: seeds.map((text) => Buffer.from(text)),
  }
}

/** Everything that happens to what a scanner sends, up to the text. */
function listen(name: ScannerDriverName, bytes: Uint8Array): void {
  const stream = started(name)
  for (const heard of [...stream.push(bytes), ...stream.endBySilence()])
    if (heard.kind === 'code' && !decodeScan(heard.bytes).ok) continue
}

function streamOf(name: ScannerDriverName): (piece: Uint8Array) => void {
  const stream = started(name)
  return (piece) => void stream.push(piece)
}

function started(name: ScannerDriverName): ScannerStream {
  const stream = scannerProtocol(name, true).stream()
  stream.expect?.(menuCommand('set-up', 'TRGMOD0', '!'))
  return stream
}

function report(aim: string, data: string, more: 0 | 1): Uint8Array {
  const bytes = new Uint8Array(64)
  bytes.set([0x02, data.length, ...Buffer.from(aim + data, 'latin1')])
  bytes[63] = more
  return bytes
}
