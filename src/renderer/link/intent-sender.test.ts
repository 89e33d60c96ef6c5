import { describe, expect, test } from 'vitest'
import type { IntentMessage } from '../../ipc/intent.ts'
import { IntentSender } from './intent-sender.ts'

function stand(): {
  sender: IntentSender
  sent: IntentMessage[]
  view: (id: number) => void
  pass: (ms: number) => void
} {
  const sent: IntentMessage[] = []
  let view = 7
  let now = 0
  const sender = new IntentSender(
    { send: (message) => sent.push(message) },
    () => view,
    () => now,
  )
  return { sender, sent, view: (id) => (view = id), pass: (ms) => (now += ms) }
}

describe('an intent', () => {
  test('names the view that was on screen when the finger came down, though the screen changed before it lifted', () => {
    const { sender, sent, view } = stand()
    sender.fingerDown()
    view(8)
    sender.send({ type: 'CONFIRM' })
    expect(sent.at(-1)).toEqual({ viewId: 7, intent: { type: 'CONFIRM' } })
  })

  test('pressed again and again at once is sent once', () => {
    const { sender, sent, pass } = stand()
    for (let press = 0; press < 5; press++) {
      sender.send({ type: 'PRINT_LIST' })
      pass(100)
    }
    expect(sent).toHaveLength(1)
    pass(600)
    sender.send({ type: 'PRINT_LIST' })
    expect(sent).toHaveLength(2)
  })

  test('is not swallowed because another one was sent just before', () => {
    const { sender, sent } = stand()
    sender.send({ type: 'SELECT_VEHICLE', vehicleId: 'a' })
    sender.send({ type: 'SELECT_VEHICLE', vehicleId: 'b' })
    expect(sent).toHaveLength(2)
  })
})

test('touching the screen is reported as activity, at most every two seconds', () => {
  const { sender, sent, pass } = stand()
  for (let touch = 0; touch < 10; touch++) {
    sender.fingerDown()
    pass(500)
  }
  expect(sent.map(({ intent }) => intent.type)).toEqual(['ACTIVITY', 'ACTIVITY', 'ACTIVITY'])
})
