import { describe, expect, it } from 'vitest'
import { openConsole } from '../../../tests/support/technician.ts'

const MINUTE = 60_000

describe('the console by itself', () => {
  it('closes three minutes after the last touch, not a moment earlier, and the audit says why', async () => {
    const { console, fixture, onScreen, audited } = await openConsole()
    await fixture.clock.advance(2 * MINUTE)
    console.touch()
    await fixture.clock.advance(3 * MINUTE - 1)
    expect([onScreen(), console.technician, audited('console.closed')]).toEqual([true, '甲', []])
    await fixture.clock.advance(1)
    expect([onScreen(), console.technician]).toEqual([false, null])
    expect(audited('console.closed')).toEqual([{ actor: 'staff:T001', detail: { why: 'IDLE' } }])
  })

  it('says half a minute before that it will close', async () => {
    const { console, fixture } = await openConsole()
    await fixture.clock.advance(MINUTE)
    const { endsAt, warnAt } = console.countdown
    expect([endsAt - fixture.clock.now(), endsAt - warnAt]).toEqual([2 * MINUTE, 30_000])
  })

  it('stays while a device is in use, and closes once it is not', async () => {
    let end: () => void = () => undefined
    const discover = () => new Promise<readonly never[]>((resolve) => (end = () => resolve([])))
    const { console, fixture, onScreen, view } = await openConsole({ room: { discover } })
    console.receive({ type: 'CONSOLE_GO', screen: 'S93' })
    console.receive({ type: 'CONSOLE_DETECT' })
    expect(view('S93').stage).toBe('SEARCHING')
    await fixture.clock.advance(10 * MINUTE)
    expect(onScreen()).toBe(true)
    end()
    await fixture.clock.advance(30_000)
    expect(onScreen()).toBe(false)
  })

  it('of which nobody has come in closes just the same, and leaves no row in the audit', async () => {
    const { console, fixture, onScreen, audited } = await openConsole()
    console.receive({ type: 'CONSOLE_CLOSE' })
    const closed = audited('console.closed').length
    console.open()
    expect([onScreen(), console.view.screen]).toEqual([true, 'S90'])
    await fixture.clock.advance(3 * MINUTE)
    expect([onScreen(), audited('console.closed').length]).toEqual([false, closed])
  })
})
