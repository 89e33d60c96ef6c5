import { describe, expect, it } from 'vitest'
import { intentBytes } from './intent-bytes.ts'
import { INTENT_LIMIT, IntentBytes, intentFrom, type IntentMessage } from './intent.ts'

describe('an intent on its way', () => {
  it('arrives as it was sent', () => {
    const message: IntentMessage = { viewId: 7, intent: { type: 'QUERY_PLATE', plateNo: '粤B23456', plateColor: '黄' } }
    expect(intentFrom(intentBytes(message))).toEqual(message)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['what is no JSON', Buffer.from('{"viewId":')],
    ['what is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['an intent there is not', Buffer.from('{"viewId":1,"intent":{"type":"APPROVE"}}')],
    ['an intent for no view', Buffer.from('{"intent":{"type":"LEAVE"}}')],
    ['only noughts, as after passing it on', new Uint8Array(40)],
  ])('is none: %s', (_what, bytes) => {
    expect(intentFrom(bytes)).toBeNull()
  })

  it('fits, however long what a technician types', () => {
    const longest = intentBytes({
      viewId: 2 ** 31,
      intent: { type: 'CONSOLE_EDIT', path: '路'.repeat(200), value: '\u0001'.repeat(4_096) },
    })
    expect(intentFrom(longest)).not.toBeNull()
    expect(IntentBytes.safeParse(longest).success).toBe(true)
  })

  it('is passed on only up to its limit, and only as bytes', () => {
    expect(IntentBytes.safeParse(new Uint8Array(INTENT_LIMIT)).success).toBe(true)
    expect(IntentBytes.safeParse(new Uint8Array(INTENT_LIMIT + 1)).success).toBe(false)
    expect(IntentBytes.safeParse({ viewId: 1, intent: { type: 'LEAVE' } }).success).toBe(false)
  })
})
