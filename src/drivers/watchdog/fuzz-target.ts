import { STICK_ALIVE, STICK_QUERY, StickStream, secondsOfKick } from './stick-codec.ts'

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  readonly seeds: readonly Uint8Array[]
}[] = [
  {
    name: 'watchdog/stick',
    feed: (bytes) => {
      new StickStream().push(bytes)
      for (const byte of bytes) secondsOfKick(byte)
    },
    seeds: [STICK_QUERY, Uint8Array.of(STICK_ALIVE), Uint8Array.of(12)],
  },
]
