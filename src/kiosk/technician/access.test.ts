import { TOTP, Secret } from 'otpauth'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dateInShanghai } from '../../domain/local-date.ts'
import { stored, StoreFixture } from '../../../tests/support/store.ts'
import type { Store } from '../../store/store.ts'
import { Access, LOCK_MS, type Staff } from './access.ts'
import { fieldCode, hashBadge, hashPin, pinMatches, totpStep } from './secrets.ts'

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
let staff: Staff[]
let fixture: StoreFixture
let store: Store

beforeAll(async () => {
  staff = [
    { id: 'T001', name: '甲', pin: await hashPin('246810'), badge: hashBadge('BADGE-1') },
    { id: 'T002', name: '乙', pin: await hashPin('135790'), totp: SECRET },
  ]
})
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(() => {
  fixture.dispose()
})

function door(of = store): Access {
  return new Access(of, fixture.clock, { staff, fieldCodes: { secret: SECRET } }, () => 'KIOSK-0001')
}

const kinds = (of: Store): unknown[] =>
  stored(of, (tx) => tx.outbox.due(10)).map(({ payload }) => (payload as { report: { kind: string } }).report.kind)

describe('the door of the console', () => {
  it('opens with number and PIN, and the audit says who', async () => {
    expect(await door().pin('T001', '246810')).toEqual({
      outcome: 'GRANTED',
      member: { id: 'T001', name: '甲', actor: 'staff:T001' },
    })
    const [row] = stored(store, (tx) => tx.audit.latest(1))
    expect(row).toMatchObject({ actor: 'staff:T001', action: 'console.opened', result: 'OK' })
  })

  it('never writes a PIN anywhere', async () => {
    await door().pin('T001', '998877')
    await door().pin('T001', '246810')
    const rows = stored(store, (tx) => [tx.audit.latest(9), tx.settings.get('technician.access'), tx.outbox.due(9)])
    expect(JSON.stringify(rows)).not.toMatch(/998877|246810/)
  })

  it('locks for fifteen minutes at the fifth wrong answer, whoever gave it, and tells the centre once', async () => {
    const access = door()
    for (const [tries, id] of ['T001', 'T002', 'T009', 'T001'].entries())
      expect(await access.pin(id, '000000')).toEqual({ outcome: 'WRONG', triesLeft: 4 - tries })
    const locked = { outcome: 'LOCKED', until: fixture.clock.now() + LOCK_MS }
    expect(await access.pin('T001', '000000')).toEqual(locked)
    expect(await access.pin('T001', '246810')).toEqual(locked)
    expect(kinds(store)).toEqual(['TECHNICIAN_LOCKED'])
    await fixture.clock.advance(LOCK_MS)
    expect(await access.pin('T001', '246810')).toMatchObject({ outcome: 'GRANTED' })
    expect(access.triesLeft).toBe(5)
  })

  it('stays locked over a restart', async () => {
    for (let n = 0; n < 5; n++) await door().pin('T001', '000000')
    store.close()
    store = fixture.open()
    expect(await door().pin('T001', '246810')).toMatchObject({ outcome: 'LOCKED' })
  })

  it('counts a try that the power cut interrupted', async () => {
    for (let n = 0; n < 4; n++) await door().pin('T001', '000000')
    const underWay = door().pin('T001', '246810')
    expect(door().lockedUntil).toBe(fixture.clock.now() + LOCK_MS)
    await underWay
  })

  it.each([
    ['back', -86_400_000],
    ['ahead', 86_400_000],
    ['ahead by just the lock', LOCK_MS],
  ])('is shut neither for longer nor for less by a clock that is set %s', async (_where, step) => {
    const access = door()
    for (let n = 0; n < 5; n++) await access.pin('T001', '000000')
    fixture.clock.stepWall(step)
    expect(access.lockedUntil).toBe(fixture.clock.now() + LOCK_MS)
    await fixture.clock.advance(LOCK_MS - 1)
    fixture.clock.stepWall(step)
    expect(access.lockedUntil).toBe(fixture.clock.now() + 1)
    expect(await access.pin('T001', '246810')).toMatchObject({ outcome: 'LOCKED' })
    await fixture.clock.advance(1)
    expect(await access.pin('T001', '246810')).toMatchObject({ outcome: 'GRANTED' })
  })

  it.each([
    ['ahead', 86_400_000],
    ['back', -86_400_000],
  ])('stays shut for fifteen minutes more over a restart, with the clock set %s meanwhile', async (_where, step) => {
    const access = door()
    for (let n = 0; n < 5; n++) await access.pin('T001', '000000')
    access.close()
    store.close()
    fixture.clock.stepWall(step)
    store = fixture.open()
    const again = door()
    expect(await again.pin('T001', '246810')).toEqual({ outcome: 'LOCKED', until: fixture.clock.now() + LOCK_MS })
    await fixture.clock.advance(LOCK_MS)
    expect(await again.pin('T001', '246810')).toMatchObject({ outcome: 'GRANTED' })
  })

  it('is open after a restart when the lock had run out before it, and has all its tries again', async () => {
    const access = door()
    for (let n = 0; n < 5; n++) await access.pin('T001', '000000')
    await fixture.clock.advance(LOCK_MS)
    expect(access.triesLeft).toBe(5)
    access.close()
    store.close()
    store = fixture.open()
    expect([door().lockedUntil, door().triesLeft]).toEqual([null, 5])
  })

  it('is locked where a program before this one had locked it', () => {
    const written = { failures: 5, lockedUntil: fixture.clock.now() + 1 }
    stored(store, (tx) => tx.settings.set('technician.access', written))
    expect(door().lockedUntil).toBe(fixture.clock.now() + LOCK_MS)
  })

  it('knows a badge by its hash', () => {
    expect([door().staffOfBadge('BADGE-1'), door().staffOfBadge('BADGE-2')]).toEqual(['T001', null])
  })
})

describe('the second factor', () => {
  const codeAt = (at: number): string => new TOTP({ secret: Secret.fromBase32(SECRET) }).generate({ timestamp: at })

  it('is asked for after the right PIN and opens with the code of now', async () => {
    const access = door()
    expect(await access.pin('T002', '135790')).toEqual({ outcome: 'TOTP_NEXT' })
    expect(access.totp('T002', codeAt(fixture.clock.now()))).toMatchObject({ outcome: 'GRANTED' })
  })

  it('takes no code twice, nor an older one, and allows a phone one step off', () => {
    const now = fixture.clock.now()
    expect(door().totp('T002', codeAt(now - 30_000))).toMatchObject({ outcome: 'GRANTED' })
    expect(door().totp('T002', codeAt(now - 30_000))).toMatchObject({ outcome: 'WRONG' })
    expect(door().totp('T002', codeAt(now + 30_000))).toMatchObject({ outcome: 'GRANTED' })
    expect(door().totp('T002', codeAt(now))).toMatchObject({ outcome: 'WRONG' })
    expect(totpStep(SECRET, codeAt(now + 60_000), now, null)).toBeNull()
  })
})

describe('a one-time code for staff from outside', () => {
  const answer = (challenge: string): string =>
    fieldCode(SECRET, 'KIOSK-0001', challenge, dateInShanghai(fixture.clock.now()))

  it('opens once', () => {
    const access = door()
    const challenge = access.newChallenge()
    expect(access.fieldCode(answer(challenge))).toMatchObject({
      outcome: 'GRANTED',
      member: { actor: `staff:field-${challenge}` },
    })
    expect(access.fieldCode(answer(challenge))).toEqual({ outcome: 'EXPIRED' })
  })

  it('is worth nothing after fifteen minutes, for another challenge or at another kiosk', async () => {
    const access = door()
    const first = access.newChallenge()
    access.newChallenge()
    expect(access.fieldCode(answer(first))).toMatchObject({ outcome: 'WRONG' })
    const elsewhere = fieldCode(SECRET, 'KIOSK-0002', first, dateInShanghai(fixture.clock.now()))
    expect(elsewhere).not.toBe(answer(first))
    const late = access.newChallenge()
    await fixture.clock.advance(LOCK_MS + 1)
    expect(access.fieldCode(answer(late))).toEqual({ outcome: 'EXPIRED' })
  })

  it('is not made younger by a clock that is put back', async () => {
    const access = door()
    const challenge = access.newChallenge()
    const right = answer(challenge)
    await fixture.clock.advance(LOCK_MS + 1)
    fixture.clock.stepWall(-LOCK_MS)
    expect(access.fieldCode(right)).toEqual({ outcome: 'EXPIRED' })
  })

  it('is computed as the page of the technician says', () => {
    // Computed with Python's hmac module.
    expect(fieldCode(SECRET, 'KIOSK-0001', '12345678', '2026-11-23')).toBe('76799355')
  })
})

describe('the second person', () => {
  it('must be somebody else', async () => {
    const first = { id: 'T001', name: '甲', actor: 'staff:T001' } as const
    expect(await door().witness(first, 'T001', '246810')).toMatchObject({ outcome: 'WRONG' })
    expect(await door().witness(first, 'T002', '135790')).toMatchObject({ outcome: 'GRANTED' })
  })
})

it('a text that is no hash matches no PIN', async () => {
  expect(await pinMatches('246810', '246810')).toBe(false)
})
