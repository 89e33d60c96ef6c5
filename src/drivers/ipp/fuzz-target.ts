import { decodeIpp } from './decode.ts'
import { encodeIpp } from './encode.ts'
import { attribute, collection, enumerated, integer, type IppMessage } from './value.ts'

const answer: IppMessage = {
  version: [2, 0],
  code: 0x0000,
  requestId: 7,
  groups: [
    { kind: 'operation', attributes: [attribute('attributes-charset', 'charset', 'utf-8')] },
    {
      kind: 'printer',
      attributes: [
        enumerated('printer-state', 3),
        attribute('printer-state-reasons', 'keyword', 'none', 'media-low-warning'),
        collection('media-col', collection('media-size', integer('x-dimension', 21_000))),
      ],
    },
  ],
  data: new Uint8Array(0),
}

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  readonly seeds: readonly Uint8Array[]
}[] = [
  {
    name: 'ipp',
    feed(bytes) {
      const read = decodeIpp(bytes)
      if (!read.ok && read.error.at > bytes.length) throw new Error('the first wrong byte lies behind the end')
    },
    seeds: [encodeIpp(answer)],
  },
]
