import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConsoleIntent } from '../../ipc/console.ts'
import { movedBy, type Shift } from './shift.ts'

const still: Shift = { dxMm: 0, dyMm: 0 }

test('ten steps of a tenth are one millimetre, exactly', () => {
  let shift = still
  for (let step = 0; step < 10; step++) shift = movedBy(shift, 0.1, -0.1)
  expect(shift).toEqual({ dxMm: 1, dyMm: -1 })
})

test('a step back undoes a step, and nothing is moved by minus nothing', () => {
  const back = movedBy(movedBy(still, 0.1, -0.1), -0.1, 0.1)
  expect(Object.is(back.dxMm, 0) && Object.is(back.dyMm, 0)).toBe(true)
})

test('whatever is pressed, the kiosk may be asked for it', () => {
  const step = fc.constantFrom(-1, -0.1, 0, 0.1, 1)
  fc.assert(
    fc.property(fc.array(fc.tuple(step, step), { maxLength: 100 }), (steps) => {
      const shift = steps.reduce((now, [x, y]) => movedBy(now, x, y), still)
      expect(ConsoleIntent.safeParse({ type: 'CONSOLE_CALIBRATE', ...shift }).success).toBe(true)
    }),
  )
})
