import { decodeCapability, decodePenReport } from './codec.ts'

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  readonly seeds: readonly Uint8Array[]
}[] = [
  {
    name: 'signature-pad/reports',
    feed: (bytes) => {
      decodePenReport(bytes)
      decodeCapability(bytes)
    },
    seeds: [Uint8Array.of(0x01, 0x03, 0x80, 0x01, 0x00, 0x02, 0x00), Uint8Array.of(0x34, 3, 9, 1, 0, 2, 0, 0, 5, 0, 6)],
  },
]
