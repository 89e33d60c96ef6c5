import { decodeCommand, encodeAnswer, type CommandName } from './codec/command.ts'
import { WRAPPER_FRAME } from './codec/frame-shape.ts'
import { FrameParser } from './codec/frame.ts'
import { decodeWrapperCommand, encodeWrapperAnswer, type WrapperCommand } from './codec/wrapper.ts'
import type { IdCardProtocol } from './dialect.ts'

/** The reader's side of a dialect. */
export interface SimulatedDialect {
  /** A parser of questions for one connection. */
  parser(): FrameParser
  /** Which question a body is, in the names of fault scripts; undefined: the reader does not know it. */
  decode(body: Uint8Array): CommandName | undefined
  /** The bytes of an answer with a status of the security module. */
  answer(sw3: number, data?: Uint8Array): Uint8Array
  /** True: reading finds and selects the card by itself, and the reader reads a card as often as it is asked. */
  readonly readsAtOnce: boolean
  readonly timeOutFrame: Uint8Array
  /** Where the low byte of the length stands in a frame. */
  readonly lengthAt: number
}

const samV: SimulatedDialect = {
  parser: () => new FrameParser(1),
  decode: decodeCommand,
  answer: encodeAnswer,
  readsAtOnce: false,
  timeOutFrame: Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x05, 0x05, 0x05, 0x05),
  lengthAt: 6,
}

const WRAPPED: Readonly<Record<WrapperCommand | 'beep', CommandName | undefined>> = {
  readAll: 'read',
  readNumber: 'find',
  version: 'status',
  reset: 'reset',
  // It changes nothing and is answered like any command without data.
  beep: 'wake',
  readNameAndNumber: undefined,
  readText: undefined,
}
const BAD_LRC = 0x00f3
const BAD_COMMAND = 0x00f4
const TIMED_OUT = 0x00fd

const bankModule: SimulatedDialect = {
  parser: () => new FrameParser(2, WRAPPER_FRAME),
  decode: (body) => {
    const wrapped = decodeWrapperCommand(body)
    return wrapped && WRAPPED[wrapped]
  },
  answer: (sw3, data) => {
    if (sw3 === 0x10) return encodeWrapperAnswer(BAD_LRC)
    if (sw3 === 0x21) return encodeWrapperAnswer(BAD_COMMAND)
    return encodeWrapperAnswer(sw3 << 8, data)
  },
  readsAtOnce: true,
  timeOutFrame: encodeWrapperAnswer(TIMED_OUT),
  lengthAt: 2,
}

export const SIMULATED_DIALECTS: Readonly<Record<IdCardProtocol, SimulatedDialect>> = {
  'sam-v': samV,
  'bank-module': bankModule,
}
