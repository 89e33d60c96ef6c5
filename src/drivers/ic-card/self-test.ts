import type { Clock } from '../../lib/clock.ts'
import { err, ok } from '../../lib/result.ts'
import type { SelfTest } from '../self-test.ts'
import { apdu, exchange } from './apdu/command.ts'
import { describeStatusWord } from './apdu/status-word.ts'
import type { IcCardReader } from './device.ts'
import { reportOf } from './status.ts'

const CARD_WITHIN_MS = 60_000

/** Tests of the reader with the technician's own test card: nothing of the card is kept but the length of its ATR. */
export function icCardSelfTests(reader: IcCardReader, clock: Clock): readonly SelfTest[] {
  return [
    {
      id: 'answers',
      async run() {
        const status = await reader.status()
        if (status.state !== 'READY') return err({ key: 'noAnswer', detail: reportOf(status).remedy })
        return ok({ measured: { state: status.state } })
      },
    },
    {
      id: 'read-card',
      async run(call) {
        call.say('insertIcCard')
        const read = await reader.withCard(call.signal, CARD_WITHIN_MS, async (channel, atr) => {
          const began = clock.monotonic()
          const answer = await exchange(channel, apdu.getChallenge())
          if (!answer.ok) return answer
          return ok({ atrBytes: atr.length, answerMs: Math.round(clock.monotonic() - began), sw: answer.value.sw })
        })
        if (!read.ok) return err({ key: 'icCardNotRead', detail: read.error.code })
        call.say('removeCard')
        const { atrBytes, answerMs, sw } = read.value
        return ok({ measured: { atrBytes, answerMs, challenge: describeStatusWord(sw) } })
      },
    },
  ]
}
