import { describe, expect, test } from 'vitest'
import type { KeyTyped } from '../../ipc/messages.ts'
import { takeWedgeKeys } from './wedge.ts'

function keyboard(isOn: () => boolean): { sent: KeyTyped[]; type: (key: string, over?: object) => boolean } {
  const page = new EventTarget()
  const sent: KeyTyped[] = []
  takeWedgeKeys(page as Document, isOn, (key) => void sent.push(key))
  let reached = false
  for (const type of ['keydown', 'keyup']) page.addEventListener(type, () => (reached = true))
  return {
    sent,
    /** Returns whether the page heard of the key. */
    type(key, over = {}) {
      reached = false
      const { type = 'keydown', ...rest } = over as { type?: string }
      const event = Object.assign(new Event(type, { cancelable: true }), { key, repeat: false }, rest)
      page.dispatchEvent(event)
      expect(event.defaultPrevented).toBe(!reached)
      return reached
    },
  }
}

describe('a scanner that types like a keyboard', () => {
  test('is heard by the kiosk and by nothing on the page while its code is expected', () => {
    const { sent, type } = keyboard(() => true)
    expect(['9', 'A', 'Enter'].map((key) => type(key))).toEqual([false, false, false])
    expect(sent.map(({ key }) => key)).toEqual(['9', 'A', 'Enter'])
  })

  test('leaves the keyboard to the page while no code is expected', () => {
    const { sent, type } = keyboard(() => false)
    expect(type('9')).toBe(true)
    expect(sent).toEqual([])
  })

  test('sends a key once, however long it is held, and nothing when it is let go', () => {
    const { sent, type } = keyboard(() => true)
    type('7')
    for (let held = 0; held < 5; held++) expect(type('7', { repeat: true })).toBe(false)
    expect(type('7', { type: 'keyup' })).toBe(false)
    expect(sent).toHaveLength(1)
  })

  test('tells when each key came, on a clock that does not go back', () => {
    const { sent, type } = keyboard(() => true)
    type('1')
    type('2')
    expect(sent[1]!.at).toBeGreaterThanOrEqual(sent[0]!.at)
  })
})
