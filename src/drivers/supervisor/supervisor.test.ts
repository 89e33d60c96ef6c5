import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import type { DeviceReport, DeviceRole } from '../report.ts'
import { memoryPair } from '../transport/memory.ts'
import { floodGate } from './flood-gate.ts'
import { SHIPPED_PACE } from './pace.ts'
import type { Supervised } from './post.ts'
import type { DeviceChange, SupervisedDevice } from './standing.ts'
import { Supervisor } from './supervisor.ts'

const START = Date.UTC(2026, 10, 23, 2)
const { pollMs, missRetryMs, backOffMaxMs } = SHIPPED_PACE

const says = (state: string, usable = true): DeviceReport => ({
  state,
  tone: usable ? 'good' : 'bad',
  textKey: `device.test.${state.toLowerCase()}`,
  remedy: `mend ${state}`,
  usable,
  answered: true,
})
const SILENCE: DeviceReport = { ...says('NO_ANSWER', false), answered: false }

/** A device that says what the test lets it say, and counts what it is asked. */
class ScriptedDevice implements SupervisedDevice {
  answer: () => Promise<DeviceReport> | DeviceReport = () => says('READY')
  asked = 0
  underWay = 0
  mostUnderWay = 0
  closed = 0

  async report(): Promise<DeviceReport> {
    this.asked += 1
    this.underWay += 1
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay)
    try {
      return await this.answer()
    } finally {
      this.underWay -= 1
    }
  }

  close(): Promise<void> {
    this.closed += 1
    return Promise.resolve()
  }
}

function house(...others: readonly Supervised[]) {
  const clock = new SimulatedClock(START)
  const printer = new ScriptedDevice()
  const reader = new ScriptedDevice()
  const changes: DeviceChange[] = []
  const state = { busy: false }
  const supervisor = new Supervisor({
    devices: [{ role: 'receipt-printer', device: printer }, { role: 'id-card', device: reader }, ...others],
    clock,
    busy: () => state.busy,
    onChange: (change) => changes.push(change),
  })
  const of = (role: DeviceRole) =>
    changes.filter((change) => change.role === role).map(({ kind, from, to }) => `${kind} ${from}>${to}`)
  return { clock, printer, reader, supervisor, changes, of, state }
}

const never = (): Promise<DeviceReport> => new Promise<DeviceReport>(() => undefined)

describe('the supervisor', () => {
  it('holds every device for unchecked until its first answer, and tells the answer once however often it is repeated', async () => {
    const { clock, supervisor, printer, of } = house()
    expect(supervisor.standing('receipt-printer')).toMatchObject({ state: 'CHECKING', usable: false, since: START })
    supervisor.start()
    await clock.advance(20 * pollMs)
    expect(printer.asked).toBe(21)
    expect(of('receipt-printer')).toEqual(['CHANGED CHECKING>READY'])
    expect(supervisor.standing('ups')).toBeUndefined()
  })

  it('tells each change of state once, with the moment of the change', async () => {
    const { clock, supervisor, printer, changes } = house()
    supervisor.start()
    await clock.advance(0)
    printer.answer = () => says('PAPER_OUT', false)
    await clock.advance(3 * pollMs)
    expect(changes.filter(({ role }) => role === 'receipt-printer').slice(1)).toEqual([
      {
        role: 'receipt-printer',
        kind: 'CHANGED',
        from: 'READY',
        to: 'PAPER_OUT',
        standing: {
          state: 'PAPER_OUT',
          tone: 'bad',
          textKey: 'device.test.paper_out',
          remedy: 'mend PAPER_OUT',
          usable: false,
        },
        at: START + pollMs,
      },
    ])
    expect(supervisor.standing('receipt-printer')?.since).toBe(START + pollMs)
  })

  it('believes a device gone only after three questions in a row without an answer', async () => {
    const { clock, supervisor, printer, of } = house()
    supervisor.start()
    await clock.advance(0)
    let left = 2
    printer.answer = () => (left-- > 0 ? SILENCE : says('READY'))
    await clock.advance(2 * pollMs + 2 * missRetryMs)
    expect(printer.asked).toBe(5)
    expect(of('receipt-printer')).toEqual(['CHANGED CHECKING>READY'])
    printer.answer = () => SILENCE
    await clock.advance(pollMs + missRetryMs)
    expect(supervisor.standing('receipt-printer')?.state).toBe('READY')
    await clock.advance(missRetryMs)
    expect(of('receipt-printer')).toEqual(['CHANGED CHECKING>READY', 'GONE READY>GONE'])
    expect(supervisor.standing('receipt-printer')).toMatchObject({ textKey: SILENCE.textKey, usable: false })
    expect(printer.closed).toBe(1)
  })

  it('looks for a device that is gone with pauses that double up to half a minute', async () => {
    const { clock, supervisor, printer } = house()
    const askedAt: number[] = []
    printer.answer = () => {
      askedAt.push(clock.monotonic())
      return SILENCE
    }
    supervisor.start()
    await clock.advance(4 * backOffMaxMs)
    const pauses = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? 0))
    expect(pauses.slice(0, 8)).toEqual([1000, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('says BACK with what the device says now, not with what was known before', async () => {
    const { clock, supervisor, printer, of } = house()
    supervisor.start()
    await clock.advance(0)
    printer.answer = () => SILENCE
    await clock.advance(20_000)
    printer.answer = () => says('COVER_OPEN', false)
    await clock.advance(backOffMaxMs)
    expect(of('receipt-printer').slice(1)).toEqual(['GONE READY>GONE', 'BACK GONE>COVER_OPEN'])
  })

  it('asks nobody while a visit holds the devices, and goes on afterwards', async () => {
    const { clock, supervisor, printer, state } = house()
    supervisor.start()
    await clock.advance(0)
    state.busy = true
    await clock.advance(10 * pollMs)
    expect(printer.asked).toBe(1)
    state.busy = false
    await clock.advance(pollMs)
    expect(printer.asked).toBe(2)
  })

  it('counts a report that never comes as a miss and never asks a second question while one is open', async () => {
    const { clock, supervisor, printer, reader, of } = house()
    printer.answer = never
    supervisor.start()
    await clock.advance(60_000)
    expect(of('receipt-printer')).toEqual(['GONE CHECKING>GONE'])
    expect(supervisor.standing('receipt-printer')?.textKey).toBe('device.supervised.gone')
    expect([printer.asked, printer.mostUnderWay]).toEqual([1, 1])
    expect(reader.asked).toBe(13)
  })

  it('asks a device again whose late report came at last', async () => {
    const { clock, supervisor, printer, of } = house()
    let release: (report: DeviceReport) => void = () => undefined
    printer.answer = () => new Promise((resolve) => (release = resolve))
    supervisor.start()
    await clock.advance(30_000)
    printer.answer = () => says('PAPER_LOW')
    release(says('READY'))
    await clock.advance(60_000)
    expect(of('receipt-printer')).toEqual(['GONE CHECKING>GONE', 'BACK GONE>PAPER_LOW'])
    expect(printer.mostUnderWay).toBe(1)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('a bug in the driver'))],
    ['says that it works although it is bad', () => ({ ...says('READY'), tone: 'bad' as const })],
    ['says that it is usable although it did not answer', () => ({ ...says('READY'), answered: false })],
  ])('does not believe a device that %s', async (_, answer) => {
    const { clock, supervisor, printer, of } = house()
    printer.answer = answer
    supervisor.start()
    await clock.advance(60_000)
    expect(of('receipt-printer')).toEqual(['GONE CHECKING>GONE'])
  })

  it('closes a device whose state flaps, and believes it again after half a minute of the same word', async () => {
    const { clock, supervisor, printer, reader, of } = house()
    let turn = 0
    printer.answer = () => says((turn += 1) % 2 === 0 ? 'COVER_OPEN' : 'READY', turn % 2 === 1)
    supervisor.start()
    await clock.advance(120_000)
    expect(of('receipt-printer').at(-1)).toMatch(/>UNSTEADY$/)
    expect(of('receipt-printer')).toHaveLength(8)
    expect(supervisor.standing('receipt-printer')?.usable).toBe(false)
    printer.answer = () => says('READY')
    await clock.advance(SHIPPED_PACE.steadyMs - 1)
    expect(supervisor.standing('receipt-printer')?.state).toBe('UNSTEADY')
    await clock.advance(2 * pollMs)
    expect(of('receipt-printer').slice(-1)).toEqual(['CHANGED UNSTEADY>READY'])
    expect(of('id-card')).toEqual(['CHANGED CHECKING>READY'])
    expect(reader.asked).toBeGreaterThan(30)
  })

  it('calls a device with a loose contact unsteady, although it never misses three times in a row', async () => {
    const { clock, supervisor, printer, of } = house()
    let turn = 0
    printer.answer = () => ((turn += 1) % 2 === 0 ? SILENCE : says('READY'))
    supervisor.start()
    await clock.advance(60_000)
    expect(of('receipt-printer')).toEqual(['CHANGED CHECKING>READY', 'CHANGED READY>UNSTEADY'])
  })

  it('asks at once when a technician wants to know, and waits for the question that is under way', async () => {
    const { clock, supervisor, printer } = house()
    supervisor.start()
    await clock.advance(0)
    printer.answer = () => says('COVER_OPEN', false)
    const both = Promise.all([supervisor.check('receipt-printer'), supervisor.check('receipt-printer')])
    await clock.advance(0)
    expect((await both).map((standing) => standing?.state)).toEqual(['COVER_OPEN', 'COVER_OPEN'])
    expect(printer.asked).toBe(2)
    expect(await supervisor.check('ups')).toBeUndefined()
  })

  it('asks and tells nothing more after it was stopped', async () => {
    const { clock, supervisor, printer, changes } = house()
    printer.answer = () => new Promise((resolve) => clock.setTimer(1_000, () => resolve(says('READY'))))
    supervisor.start()
    await clock.advance(500)
    supervisor.stop()
    await clock.advance(60_000)
    expect(changes.filter(({ role }) => role === 'receipt-printer')).toEqual([])
    expect(printer.asked).toBe(1)
  })

  it('refuses two devices of one role', () => {
    const device = new ScriptedDevice()
    expect(() => house({ role: 'id-card', device })).toThrow('two devices')
  })
})

describe('a device that floods', () => {
  function babbler() {
    const clock = new SimulatedClock(START)
    const { host, device: line } = memoryPair('scanner')
    const gate = floodGate(host, 1_000, clock)
    let heard = 0
    let open = false
    gate.onBytes((bytes) => (heard += bytes.length))
    gate.onGone(() => (open = false))
    const device: SupervisedDevice = {
      async report() {
        if (!open) open = (await gate.open()).ok
        return open ? says('LISTENING') : SILENCE
      },
      close: () => {
        open = false
        return gate.close()
      },
    }
    const reader = new ScriptedDevice()
    const changes: string[] = []
    const supervisor = new Supervisor({
      devices: [
        { role: 'scanner', device, gate },
        { role: 'id-card', device: reader },
      ],
      clock,
      busy: () => false,
      onChange: ({ role, from, to }) => {
        if (role === 'scanner') changes.push(`${from}>${to}`)
      },
    })
    const babble = { on: false }
    const talk = (): void => {
      if (babble.on) line.send(new Uint8Array(400))
      clock.setTimer(100, talk)
    }
    talk()
    return { clock, supervisor, changes, babble, reader, line, gate, heard: () => heard }
  }

  it('is cut off within a second, told once, and costs the others nothing', async () => {
    const { clock, supervisor, changes, babble, reader, heard } = babbler()
    supervisor.start()
    await clock.advance(10_000)
    babble.on = true
    await clock.advance(1_000)
    expect(changes).toEqual(['CHECKING>LISTENING', 'LISTENING>FLOODING'])
    await clock.advance(120_000)
    expect(changes).toEqual(['CHECKING>LISTENING', 'LISTENING>FLOODING'])
    expect(supervisor.standing('scanner')).toMatchObject({ state: 'FLOODING', usable: false })
    // Two chunks pass at each of the openings, which double their distance: 5, 10, 20, 40, 60 s.
    expect(heard()).toBeLessThan(6_000)
    expect(reader.asked).toBe(27)
  })

  it('is believed again when its reopened line has kept quiet', async () => {
    const { clock, supervisor, changes, babble, gate } = babbler()
    babble.on = true
    supervisor.start()
    await clock.advance(30_000)
    babble.on = false
    await clock.advance(60_000)
    expect(changes.at(-1)).toBe('FLOODING>LISTENING')
    expect(gate.flood).toBe('CALM')
  })

  it('is gone when it was pulled out while its line was shut', async () => {
    const { clock, supervisor, changes, babble, line } = babbler()
    babble.on = true
    supervisor.start()
    await clock.advance(2_000)
    line.refuseOpen({ code: 'NOT_FOUND', detail: 'no such port' })
    babble.on = false
    await clock.advance(60_000)
    expect(changes.at(-1)).toBe('FLOODING>GONE')
  })

  it('may say a great deal if it takes its time', async () => {
    const { clock, supervisor, changes, line, heard } = babbler()
    supervisor.start()
    await clock.advance(0)
    for (let second = 0; second < 30; second++) {
      line.send(new Uint8Array(1_000))
      await clock.advance(1_000)
    }
    expect(changes).toEqual(['CHECKING>LISTENING'])
    expect(heard()).toBe(30_000)
  })
})
