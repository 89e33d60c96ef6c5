import { MegatecStream, Q1 } from './codec/megatec.ts'
import { NutStream, readingOf } from './codec/nut.ts'

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  readonly seeds: readonly Uint8Array[]
}[] = [
  {
    name: 'ups/megatec',
    feed: (bytes) => void new MegatecStream().push(bytes),
    seeds: [
      Q1,
      Buffer.from('(208.4 140.0 208.4 034 59.9 2.05 35.0 00110000\r', 'latin1'),
      Buffer.from('(---.- 140.0 208.4 034 59.9 27.0 --.- 10000000\r', 'latin1'),
    ],
  },
  {
    name: 'ups/nut',
    feed: (bytes) => {
      const variables = new Map<string, string>()
      for (const line of new NutStream().push(bytes)) if (line.kind === 'var') variables.set(line.name, line.value)
      readingOf(variables)
    },
    seeds: [
      Buffer.from('BEGIN LIST VAR ups\nVAR ups ups.status "OB LB"\nEND LIST VAR ups\n', 'latin1'),
      Buffer.from('ERR DATA-STALE\n', 'latin1'),
    ],
  },
]
