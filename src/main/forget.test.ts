import { expect, test } from 'vitest'
import { SimulatedClock } from '../lib/clock.ts'
import { Forgetting } from './forget.ts'

function watched() {
  const clock = new SimulatedClock(0)
  const at: number[] = []
  return { clock, at, forgetting: new Forgetting({ clock, forgetMemory: () => at.push(clock.monotonic()) }) }
}

test('what a visit has left is cleared up at once, and again when late messages have come', async () => {
  const { clock, at, forgetting } = watched()
  forgetting.visitEnded()
  await clock.advance(60_000)
  expect(at).toEqual([0, 1_000, 5_000])
})

test('a visit that ends soon after another one begins the rounds anew', async () => {
  const { clock, at, forgetting } = watched()
  forgetting.visitEnded()
  await clock.advance(2_000)
  forgetting.visitEnded()
  await clock.advance(60_000)
  expect(at).toEqual([0, 1_000, 2_000, 3_000, 7_000])
})

test('a shell that is ending clears nothing up any more', async () => {
  const { clock, at, forgetting } = watched()
  forgetting.visitEnded()
  forgetting.stop()
  await clock.advance(60_000)
  expect(at).toEqual([])
})
