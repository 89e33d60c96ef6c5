import type { Result } from '../../lib/result.ts'
import { answers, decodeAnswer, encodeCommand, type Answer, type CommandName } from './codec/command.ts'
import { WRAPPER_FRAME } from './codec/frame-shape.ts'
import { FrameParser } from './codec/frame.ts'
import { splitPayload, type CardPayload, type MalformedPayload } from './codec/payload.ts'
import {
  answersWrapper,
  decodeWrapperAnswer,
  encodeWrapperCommand,
  splitWrapperPayload,
  type WrapperCommand,
} from './codec/wrapper.ts'

/** The protocols a reader may speak, as in site files and on the command line. */
export const ID_CARD_PROTOCOLS = ['sam-v', 'bank-module'] as const
export type IdCardProtocol = (typeof ID_CARD_PROTOCOLS)[number]

/**
 * How questions and answers look on the wire of one kind of reader. Everything above it – deadlines, repetition,
 * errors, verbs – is the same for all. Answers come with the status codes of the security module (`Answer.sw3`).
 */
export interface Dialect {
  readonly protocol: IdCardProtocol
  /** The steps that bring a card, in order; the last gives its data. A wrapper that does all in one has only that. */
  readonly steps: readonly CommandName[]
  /** The bytes of a question, or undefined where the dialect has none like it. */
  encode(command: CommandName): Uint8Array | undefined
  /** A parser of answers for one exchange. */
  parser(): FrameParser
  decode(body: Uint8Array): Answer
  /** Whether `answer` can be the answer to `command` rather than a late one to the command before. */
  answers(command: CommandName, answer: Answer): boolean
  payload(data: Uint8Array): Result<CardPayload, MalformedPayload>
}

/** Security module spoken to directly: find, select, read. */
const samV: Dialect = {
  protocol: 'sam-v',
  steps: ['find', 'select', 'read'],
  encode: encodeCommand,
  parser: () => new FrameParser(3),
  decode: decodeAnswer,
  answers,
  payload: splitPayload,
}

/**
 * What the wrapper calls our questions. It has no find: reading says "no card" by itself, so a card is waited for by
 * reading, and looked for (has it left?) by the shortest reading there is, whose data nobody keeps.
 */
const WRAPPED: Partial<Record<CommandName, WrapperCommand>> = {
  find: 'readNumber',
  read: 'readAll',
  status: 'version',
  reset: 'reset',
}

const bankModule: Dialect = {
  protocol: 'bank-module',
  steps: ['read'],
  encode: (command) => {
    const wrapped = WRAPPED[command]
    return wrapped && encodeWrapperCommand(wrapped)
  },
  parser: () => new FrameParser(2, WRAPPER_FRAME),
  decode: decodeWrapperAnswer,
  answers: (command, answer) => {
    const wrapped = WRAPPED[command]
    return wrapped !== undefined && answersWrapper(wrapped, answer)
  },
  payload: splitWrapperPayload,
}

export const DIALECTS: Readonly<Record<IdCardProtocol, Dialect>> = { 'sam-v': samV, 'bank-module': bankModule }
