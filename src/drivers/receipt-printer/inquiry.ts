import { ASK_FULL_STATUS, askRealTime, AUTOMATIC_STATUS_ON } from './codec.ts'
import type { PrinterConversation } from './conversation.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { foldFull, foldRealTime, type PrinterState } from './status.ts'

/** Answer time of a question; real-time ones are answered by the receiving interrupt, within milliseconds. */
export const ANSWER_MS = 500

/** A DLE EOT byte in which nothing is wrong; stands in for those of n = 2, 3, 4 that a clone leaves unanswered. */
const NOTHING_WRONG = 0x12

/** Asks an open printer for its state; at most about two and a half seconds when it says nothing. */
export async function askState(
  conversation: PrinterConversation,
  profile: ReceiptPrinterProfile,
): Promise<PrinterState> {
  if (profile.presenter === 'custom-6-byte') return askFull(conversation)
  if (!profile.realTimeStatus) return askAutomatic(conversation, profile)
  const first = await askByte(conversation, 1)
  const printer = first ?? (await askByte(conversation, 1))
  if (printer === undefined) return 'NO_ANSWER'
  if (printer === 'LINE_LOST') return 'LINE_LOST'
  const rest: number[] = []
  for (const n of [2, 3, 4] as const) {
    const byte = await askByte(conversation, n)
    if (byte === 'LINE_LOST') return 'LINE_LOST'
    rest.push(byte ?? NOTHING_WRONG)
  }
  const [offline = NOTHING_WRONG, error = NOTHING_WRONG, paper = NOTHING_WRONG] = rest
  return conversation.believed(foldRealTime({ printer, offline, error, paper }))
}

/** Printers with a presenter tell everything at once; asked twice, as a single lost byte loses the answer. */
async function askFull(conversation: PrinterConversation): Promise<PrinterState> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const heard = await conversation.ask(ASK_FULL_STATUS, ANSWER_MS, (answer) =>
      answer.kind === 'full' ? conversation.believed(foldFull(answer.bytes)) : undefined,
    )
    if (heard === 'LINE_LOST') return 'LINE_LOST'
    if (heard !== 'SILENCE') return heard.heard
  }
  return 'NO_ANSWER'
}

async function askByte(conversation: PrinterConversation, n: 1 | 2 | 3 | 4): Promise<number | 'LINE_LOST' | undefined> {
  const heard = await conversation.ask(askRealTime(n), ANSWER_MS, (answer) =>
    answer.kind === 'real-time' ? answer.byte : undefined,
  )
  if (heard === 'LINE_LOST') return 'LINE_LOST'
  if (heard !== 'SILENCE') return heard.heard
  // A late answer must not be taken for that of the next question: give it time to arrive unasked.
  await conversation.next(ANSWER_MS / 2, (answer) => (answer.kind === 'real-time' ? true : undefined))
  return undefined
}

/** Models without DLE EOT: enabling the automatic status makes them send it once. */
async function askAutomatic(conversation: PrinterConversation, profile: ReceiptPrinterProfile): Promise<PrinterState> {
  if (!profile.automaticStatus) return 'UNREPORTED'
  const heard = await conversation.ask(AUTOMATIC_STATUS_ON, ANSWER_MS * 2, (answer) =>
    answer.kind === 'automatic' ? true : undefined,
  )
  if (heard === 'LINE_LOST') return 'LINE_LOST'
  return conversation.automatic ?? 'NO_ANSWER'
}
