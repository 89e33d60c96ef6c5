import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reveal } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { encodeCardText } from './codec/text.ts'
import { readOverPcsc, type ApduChannel } from './pcsc-reading.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()
const portrait = Uint8Array.from({ length: 1024 }, (_, at) => at % 253)
const block = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from([...parts.flatMap((part) => [...part]), 0x90, 0x00])

const sound: Readonly<Record<string, Uint8Array>> = {
  FFB0000000: block([0x01, 0x00, 0x04, 0x00], encodeCardText(SAMPLE_CARDS.resident)),
  FFB0010000: block([0, 0, 0, 0], portrait.subarray(0, 252)),
  FFB0020000: block(portrait.subarray(252, 508)),
  FFB0030000: block(portrait.subarray(508, 764)),
  FFB0040000: block(portrait.subarray(764)),
}

function card(answers: Readonly<Record<string, Uint8Array>>): ApduChannel<'CARD_GONE'> & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    transmit: (apdu): Promise<Result<Uint8Array, 'CARD_GONE'>> => {
      asked.push(hex(apdu))
      const answer = answers[hex(apdu)]
      return Promise.resolve(answer ? ok(answer) : err('CARD_GONE'))
    },
  }
}

describe('an identity card in a PC/SC reader', () => {
  it('is read block by block', async () => {
    const channel = card(sound)
    const read = await readOverPcsc(channel)
    expect(channel.asked).toEqual(Object.keys(sound))
    expect(read.ok && reveal(read.value.card)).toEqual(SAMPLE_CARDS.resident)
    expect(read.ok && reveal(read.value.portrait)).toEqual(portrait)
  })

  it('whose reader refuses a block says which and with what', async () => {
    const refusing = card({ ...sound, FFB0020000: Uint8Array.of(0x6a, 0x82) })
    expect(await readOverPcsc(refusing)).toEqual({
      ok: false,
      error: { code: 'BLOCK_REFUSED', block: 2, status: '6A82' },
    })
  })

  it('taken out in the middle is told with the cause of the channel', async () => {
    const torn = Object.fromEntries(Object.entries(sound).filter(([apdu]) => apdu !== 'FFB0030000'))
    expect(await readOverPcsc(card(torn))).toEqual({ ok: false, error: { code: 'CHANNEL', cause: 'CARD_GONE' } })
  })

  it('with any other first block is unreadable or refused, never a throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const read = await readOverPcsc(card({ ...sound, FFB0000000: bytes }))
        expect(read.ok).toBe(false)
      }),
    )
  })
})
