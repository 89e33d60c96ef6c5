import { z } from 'zod'
import { dateInShanghai } from '../../domain/local-date.ts'
import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { mustRead, mustWrite } from '../../store/must.ts'
import type { Store, StoreWriter } from '../../store/store.ts'
import type { Site } from '../site/schema.ts'
import { addEvent } from '../services/annual-review/records.ts'
import { badgeMatches, fieldCode, makeChallenge, NOBODYS_PIN, pinMatches, sameText, totpStep } from './secrets.ts'

export type Staff = Site['technician']['staff'][number]

/** Who has shown that she may work on this kiosk. `actor` is how the audit names her. */
export interface Member {
  readonly id: string
  readonly name: string
  readonly actor: `staff:${string}`
}

/** Wrong answers before the door is locked, and for how long, milliseconds. */
const MAX_TRIES = 5
export const LOCK_MS = 15 * 60_000
/** How long the answer to a challenge may take. */
const CHALLENGE_MS = 15 * 60_000

const SETTING = 'technician.access'
const Memory = z.object({
  /** In a row. As many as lock the door stand here until the lock has run out. */
  failures: z.int().min(0).default(0),
  /** Last TOTP step taken, by number of staff. */
  steps: z.record(z.string(), z.int()).default({}),
})
type Memory = z.infer<typeof Memory>

export type Answer =
  | { readonly outcome: 'GRANTED'; readonly member: Member }
  | { readonly outcome: 'TOTP_NEXT' }
  | { readonly outcome: 'WRONG'; readonly triesLeft: number }
  | { readonly outcome: 'LOCKED'; readonly until: number }
  /** The challenge is too old; a new one is to be read out. */
  | { readonly outcome: 'EXPIRED' }

/**
 * The door of the console. Every answer is counted in the store before it is looked at, so that pulling the plug gives
 * no free try; five wrong ones in a row, whoever gave them, lock it for fifteen minutes and tell the centre.
 *
 * The lock is counted by the clock nobody can set, and that it is locked stands in the store. How long the machine was
 * off only the wall clock could tell, so a start begins the fifteen minutes anew.
 */
export class Access {
  private readonly store: Store
  private readonly clock: Clock
  private readonly rules: Site['technician']
  private readonly kioskId: () => string
  private challenge: { readonly text: string; readonly date: string; readonly at: number } | null = null
  /** When the lock runs out, monotonic milliseconds. */
  private lockEnds: number | null = null
  private cancel: CancelTimer = () => undefined

  constructor(store: Store, clock: Clock, rules: Site['technician'], kioskId: () => string) {
    this.store = store
    this.clock = clock
    this.rules = rules
    this.kioskId = kioskId
    if (this.read().failures >= MAX_TRIES) this.lock()
  }

  /** Before the store closes. */
  close(): void {
    this.cancel()
  }

  get fieldCodes(): boolean {
    return this.rules.fieldCodes !== undefined
  }

  /** Until when nobody is let in, milliseconds since the epoch; null while the door can be tried. */
  get lockedUntil(): number | null {
    if (this.lockEnds === null) return null
    const left = this.lockEnds - this.clock.monotonic()
    return left <= 0 ? null : this.clock.now() + left
  }

  get triesLeft(): number {
    return Math.max(0, MAX_TRIES - this.read().failures)
  }

  /** The number of the member of staff whose badge holds `code`. */
  staffOfBadge(code: string): string | null {
    // Every badge is looked at, so that the time tells nothing.
    const found = this.rules.staff.filter(({ badge }) => badge !== undefined && badgeMatches(badge, code))
    return found[0]?.id ?? null
  }

  /** Checks a PIN. With a second factor set up, the answer is `TOTP_NEXT` and the door stays shut. */
  async pin(staffId: string, pin: string): Promise<Answer> {
    const locked = this.count()
    if (locked !== null) return locked
    const staff = this.find(staffId)
    const right = await pinMatches(staff?.pin ?? NOBODYS_PIN, pin)
    if (!right || staff === undefined) return this.wrong(staffId, 'PIN')
    if (staff.totp !== undefined) {
      this.uncount()
      return { outcome: 'TOTP_NEXT' }
    }
    return this.grant(memberOf(staff), 'PIN')
  }

  /** The second factor; ask only after `pin` said `TOTP_NEXT`. */
  totp(staffId: string, code: string): Answer {
    const locked = this.count()
    if (locked !== null) return locked
    const staff = this.find(staffId)
    const memory = this.read()
    const step =
      staff?.totp === undefined ? null : totpStep(staff.totp, code, this.clock.now(), memory.steps[staffId] ?? null)
    if (staff === undefined || step === null) return this.wrong(staffId, 'TOTP')
    this.write((tx) => remember(tx, { ...memory, steps: { ...memory.steps, [staffId]: step } }))
    return this.grant(memberOf(staff), 'PIN+TOTP')
  }

  /** A challenge to read out on the phone; a new one each time. */
  newChallenge(): string {
    const date = dateInShanghai(this.clock.now())
    this.challenge = { text: makeChallenge(), date, at: this.clock.monotonic() }
    return this.challenge.text
  }

  /** Checks the centre's answer to the challenge on the screen. A challenge that let somebody in is gone. */
  fieldCode(code: string): Answer {
    const { challenge, rules } = this
    if (challenge === null || this.clock.monotonic() - challenge.at > CHALLENGE_MS) {
      this.challenge = null
      return { outcome: 'EXPIRED' }
    }
    const locked = this.count()
    if (locked !== null) return locked
    const secret = rules.fieldCodes?.secret
    const expected = secret === undefined ? null : fieldCode(secret, this.kioskId(), challenge.text, challenge.date)
    if (expected === null || !sameText(expected, code)) return this.wrong('field', 'FIELD_CODE')
    this.challenge = null
    return this.grant({ id: 'field', name: challenge.text, actor: `staff:field-${challenge.text}` }, 'FIELD_CODE')
  }

  /** Whether `staffId` is somebody else who knows her PIN: the second person of a finding. Counts like any answer. */
  async witness(first: Member, staffId: string, pin: string): Promise<Answer> {
    const locked = this.count()
    if (locked !== null) return locked
    const staff = staffId === first.id ? undefined : this.find(staffId)
    const right = await pinMatches(staff?.pin ?? NOBODYS_PIN, pin)
    if (!right || staff === undefined) return this.wrong(staffId, 'WITNESS')
    return this.grant(memberOf(staff), 'WITNESS')
  }

  private find(id: string): Staff | undefined {
    return this.rules.staff.find((staff) => sameText(staff.id, id))
  }

  /** Counts the try before the answer is looked at; the answer to give when the door is locked. */
  private count(): Answer | null {
    const until = this.lockedUntil
    if (until !== null) return { outcome: 'LOCKED', until }
    const memory = this.read()
    // A lock that has run out takes its failures with it.
    const failures = (memory.failures >= MAX_TRIES ? 0 : memory.failures) + 1
    // Written ahead: should the power go before the answer is known, the fifth try was used all the same.
    this.write((tx) => remember(tx, { ...memory, failures }))
    if (failures >= MAX_TRIES) this.lock()
    return null
  }

  private lock(): void {
    this.cancel()
    this.lockEnds = this.clock.monotonic() + LOCK_MS
    // Else a start a day later would find five failures and lock the door for nothing.
    this.cancel = this.clock.setTimer(LOCK_MS, () => {
      const memory = this.read()
      this.write((tx) => remember(tx, { ...memory, failures: 0 }))
    })
  }

  private unlock(): void {
    this.cancel()
    this.lockEnds = null
  }

  /** The answer was right as far as it goes: it was no failed try. */
  private uncount(): void {
    const memory = this.read()
    this.write((tx) => remember(tx, { ...memory, failures: Math.max(0, memory.failures - 1) }))
    this.unlock()
  }

  private wrong(staffId: string, by: string): Answer {
    const { failures } = this.read()
    const until = this.lockedUntil
    const detail = { by, failures }
    this.write((tx) => {
      tx.audit.append({
        actor: `staff:${staffId}`,
        action: 'console.refused',
        target: 'console',
        result: 'REFUSED',
        detail,
      })
      if (until === null) return
      tx.audit.append({
        actor: 'kiosk',
        action: 'console.locked',
        target: 'console',
        result: 'OK',
        detail: { failures },
      })
      addEvent(
        tx,
        'TECHNICIAN_LOCKED',
        `console locked after ${failures} wrong answers, last ${by} of ${staffId}`,
        this.clock.now(),
      )
    })
    return until === null ? { outcome: 'WRONG', triesLeft: MAX_TRIES - failures } : { outcome: 'LOCKED', until }
  }

  private grant(member: Member, by: string): Answer {
    const memory = this.read()
    this.write((tx) => {
      remember(tx, { ...memory, failures: 0 })
      const action = by === 'WITNESS' ? 'console.witnessed' : 'console.opened'
      tx.audit.append({ actor: member.actor, action, target: 'console', result: 'OK', detail: { by } })
    })
    this.unlock()
    return { outcome: 'GRANTED', member }
  }

  private read(): Memory {
    const stored = mustRead(this.store, (view) => view.settings.get(SETTING))
    const memory = Memory.safeParse(stored ?? {})
    // Somebody who could spoil this row must not have opened the door with it.
    return memory.success ? memory.data : { failures: MAX_TRIES - 1, steps: {} }
  }

  private write(work: (tx: StoreWriter) => void): void {
    mustWrite(this.store, work)
  }
}

function remember(tx: StoreWriter, memory: Memory): void {
  tx.settings.set(SETTING, memory)
}

function memberOf({ id, name }: Staff): Member {
  return { id, name, actor: `staff:${id}` }
}
