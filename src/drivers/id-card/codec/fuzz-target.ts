import { decodeAnswer, decodeCommand, encodeAnswer, encodeCommand, COMMANDS, type CommandName } from './command.ts'
import { WRAPPER_FRAME, type FrameShape } from './frame-shape.ts'
import { FrameParser } from './frame.ts'
import { joinPayload, splitPayload, TEXT_BYTES } from './payload.ts'
import { decodeSamId } from './sam-id.ts'
import { describeSw3 } from './sw3.ts'
import { decodeAddress, decodeCardText } from './text.ts'
import {
  decodeWrapperAnswer,
  decodeWrapperCommand,
  encodeBeep,
  encodeWrapperAnswer,
  encodeWrapperCommand,
  splitWrapperPayload,
  WRAPPER_COMMANDS,
  type WrapperCommand,
} from './wrapper.ts'

/** One codec for the torture run: `feed` must neither throw nor hang nor grow, whatever the bytes are. */
export interface FuzzTarget {
  readonly name: string
  /** Runs the bytes through a fresh parser and through one that has heard all before. */
  feed(bytes: Uint8Array): void
  /** A fresh parser that takes the bytes piece by piece, as a line brings them. */
  line?: () => (piece: Uint8Array) => void
  /** Sound input to mutate. */
  readonly seeds: readonly Uint8Array[]
}

const text = new Uint8Array(TEXT_BYTES).map((_, at) => (at % 2 === 0 ? 0x20 : 0))
const payloads = [undefined, new Uint8Array(0), new Uint8Array(512)].map((fingerprint) =>
  joinPayload(text, new Uint8Array(1024), fingerprint),
)

function frames(
  name: string,
  minBodyBytes: number,
  shape: FrameShape | undefined,
  decode: (body: Uint8Array) => unknown,
  seeds: readonly Uint8Array[],
): FuzzTarget {
  const longLived = new FrameParser(minBodyBytes, shape)
  const run = (parser: FrameParser, bytes: Uint8Array): void => {
    for (const event of [...parser.push(bytes), ...parser.recover()]) if (event.kind === 'frame') decode(event.body)
  }
  return {
    name,
    seeds,
    feed(bytes) {
      run(new FrameParser(minBodyBytes, shape), bytes)
      run(longLived, bytes)
    },
    line() {
      const parser = new FrameParser(minBodyBytes, shape)
      return (piece) => void parser.push(piece)
    },
  }
}

function decodeSamAnswer(body: Uint8Array): unknown {
  const answer = decodeAnswer(body)
  describeSw3(answer.sw3)
  if (answer.data.length >= 16) decodeSamId(answer.data)
  decodeAddress(answer.data)
  return decodeCard(splitPayload(answer.data))
}

/** The answer is given back only because nobody may drop a `Result`. */
function decodeCard(payload: ReturnType<typeof splitPayload>): unknown {
  return payload.ok ? decodeCardText(payload.value.text) : payload
}

/** The codecs of the ID card reader: both dialects in both directions, and the card's text. */
export const fuzzTargets: readonly FuzzTarget[] = [
  frames('id-card sam-v answers', 3, undefined, decodeSamAnswer, [
    encodeAnswer(0x9f, new Uint8Array(4)),
    encodeAnswer(0x80),
    encodeAnswer(0x90, new Uint8Array(16)),
    ...payloads.map((payload) => encodeAnswer(0x90, payload)),
  ]),
  frames(
    'id-card sam-v questions',
    1,
    undefined,
    decodeCommand,
    (Object.keys(COMMANDS) as CommandName[]).map(encodeCommand),
  ),
  frames(
    'id-card bank-module answers',
    2,
    WRAPPER_FRAME,
    (body) => decodeCard(splitWrapperPayload(decodeWrapperAnswer(body).data)),
    [
      encodeWrapperAnswer(0x8000),
      encodeWrapperAnswer(0x00f3),
      ...payloads.map((payload) => encodeWrapperAnswer(0x9000, payload)),
    ],
  ),
  frames('id-card bank-module questions', 2, WRAPPER_FRAME, decodeWrapperCommand, [
    ...(Object.keys(WRAPPER_COMMANDS) as WrapperCommand[]).map(encodeWrapperCommand),
    encodeBeep(200, 2),
  ]),
  {
    name: 'id-card text',
    feed(bytes) {
      const whole = new Uint8Array(TEXT_BYTES)
      whole.set(bytes.subarray(0, TEXT_BYTES))
      // No frame brings more.
      decodeAddress(bytes.subarray(0, 4096))
      describeSw3(decodeCardText(whole).ok ? 0x90 : 0x41)
    },
    seeds: [text],
  },
]
