import { describe, expect, it, vi } from 'vitest'
import { EVENTS, MOMENTS } from './happenings.ts'
import { cellsOf, SWEEPS } from './moments.ts'
import { play, sweep } from './play.ts'

// Proved by tests/privacy; here the collections after each visit would take more time than all visits.
vi.mock('../../src/lib/forget-memory.ts', async (original) => ({
  ...(await original<object>()),
  forgetMemory: () => undefined,
}))
vi.mock('../../src/drivers/transport/tcp.ts', async () => {
  const { connectMemory } = await import('./lines.ts')
  return { tcpTransport: connectMemory }
})

describe.each(cellsOf((event) => !event.startsWith('CERTIFICATE_')))('%s', (event, cells) => {
  it.each(cells)(`at the moment %s, ${EVENTS[event].title}`, async (moment, outcome) => {
    expect(await play(moment, event), MOMENTS[moment].title).toEqual(outcome)
  })
})

describe('what a device is not used for, its absence does not disturb', () => {
  it.each(SWEEPS)('$event: $why', async ({ event, moments, backAt }) => {
    expect(await sweep(event, moments, backAt)).toBe('goes on')
  })
})
