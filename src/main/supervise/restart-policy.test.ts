import { describe, expect, test } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { RestartPolicy } from './restart-policy.ts'

const failures = (policy: RestartPolicy, count: number): number[] =>
  Array.from({ length: count }, () => policy.failed().pauseMs)

describe('restarts', () => {
  test('the pauses grow, and the last one is repeated', () => {
    expect(failures(new RestartPolicy(new SimulatedClock(0)), 5)).toEqual([200, 1_000, 3_000, 10_000, 10_000])
  })

  test('the sixth failure within five minutes puts the kiosk out of service, with a try each minute', () => {
    const policy = new RestartPolicy(new SimulatedClock(0))
    failures(policy, 5)
    expect(policy.failed()).toEqual({ pauseMs: 60_000, outOfService: true })
  })

  test('tries that fail a minute apart do not bring it back into service', async () => {
    const clock = new SimulatedClock(0)
    const policy = new RestartPolicy(clock)
    failures(policy, 6)
    for (let minute = 0; minute < 20; minute++) {
      await clock.advance(60_000)
      expect(policy.failed().outOfService).toBe(true)
    }
  })

  test('failures further apart than five minutes are all first ones', async () => {
    const clock = new SimulatedClock(0)
    const policy = new RestartPolicy(clock)
    for (let day = 0; day < 10; day++) {
      expect(policy.failed().pauseMs).toBe(200)
      await clock.advance(5 * 60_000)
    }
  })

  test('what has proved itself starts again with a clean slate', () => {
    const policy = new RestartPolicy(new SimulatedClock(0))
    failures(policy, 8)
    policy.proved()
    expect(policy.failed()).toEqual({ pauseMs: 200, outOfService: false })
  })
})
