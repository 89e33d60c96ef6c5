import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import type { Access, Answer, Member } from './access.ts'
import type { Page } from './page.ts'

type Login = Extract<ConsoleView, { screen: 'S90' }>

export interface LoginParts {
  readonly access: Access
  readonly hasStaff: boolean
  /** The next code shown to the scanner. */
  readonly scan: (signal: AbortSignal) => Promise<string | null>
  readonly work: (work: () => Promise<void>) => void
  readonly changed: () => void
  readonly granted: (member: Member) => void
}

/** S90: number or badge, PIN, the second factor where one is set up; or a one-time code read out on the phone. */
export class LoginPage implements Page {
  readonly held = false
  private readonly parts: LoginParts
  private readonly leave = new AbortController()
  private stage: Login['stage'] = 'STAFF'
  private staffId: string | null = null
  private challenge: string | null = null
  private remark: TextRef | null = null
  private answers = 0

  constructor(parts: LoginParts) {
    this.parts = parts
    if (parts.access.lockedUntil !== null) this.stage = 'LOCKED'
    else if (!parts.hasStaff) this.remark = text('console.remark.noStaff')
    parts.work(() => this.watchBadges())
  }

  get task(): string {
    // A second answer to the same question is a new task: a tap too many must not use up a try.
    return `${this.stage}/${this.staffId ?? ''}/${this.answers}`
  }

  view(): Login {
    const { access } = this.parts
    return {
      screen: 'S90',
      stage: this.stage,
      staffId: this.staffId,
      badge: true,
      challenge: this.stage === 'FIELD_CODE' ? this.challenge : null,
      fieldCodes: access.fieldCodes,
      triesLeft: access.triesLeft,
      lockedUntil: access.lockedUntil,
      remark: this.remark,
    }
  }

  receive(intent: ConsoleIntent): void {
    const { access } = this.parts
    if (this.stage === 'LOCKED' && access.lockedUntil === null) this.restart(null)
    switch (intent.type) {
      case 'CONSOLE_STAFF':
        if (this.stage === 'STAFF') this.enter(intent.staffId)
        break
      case 'CONSOLE_PIN':
        if (this.stage === 'PIN' && this.staffId !== null) this.pin(this.staffId, intent.pin)
        break
      case 'CONSOLE_TOTP':
        if (this.stage === 'TOTP' && this.staffId !== null) this.take(access.totp(this.staffId, intent.code))
        break
      case 'CONSOLE_USE_FIELD_CODE':
        if (access.fieldCodes && (this.stage === 'STAFF' || this.stage === 'PIN')) this.askFieldCode(null)
        break
      case 'CONSOLE_FIELD_CODE':
        if (this.stage === 'FIELD_CODE') this.take(access.fieldCode(intent.code))
        break
      case 'CONSOLE_CANCEL':
        if (this.stage !== 'CHECKING' && this.stage !== 'LOCKED') this.restart(null)
        break
      default:
        break
    }
    this.parts.changed()
  }

  close(): void {
    this.leave.abort()
  }

  private async watchBadges(): Promise<void> {
    const { access, scan, changed } = this.parts
    while (!this.leave.signal.aborted) {
      const code = await scan(this.leave.signal)
      if (code === null || this.isLeft()) return
      if (this.stage !== 'STAFF') continue
      const staffId = access.staffOfBadge(code)
      if (staffId === null) this.remark = text('console.remark.badgeUnknown')
      else this.enter(staffId)
      changed()
    }
  }

  private enter(staffId: string): void {
    this.staffId = staffId
    this.stage = 'PIN'
    this.remark = null
  }

  private pin(staffId: string, pin: string): void {
    this.stage = 'CHECKING'
    this.parts.work(async () => {
      const answer = await this.parts.access.pin(staffId, pin)
      if (this.isLeft()) return
      this.stage = 'PIN'
      this.take(answer)
      this.parts.changed()
    })
  }

  private take(answer: Answer): void {
    this.answers += 1
    switch (answer.outcome) {
      case 'GRANTED':
        this.parts.granted(answer.member)
        break
      case 'TOTP_NEXT':
        this.stage = 'TOTP'
        this.remark = null
        break
      case 'WRONG':
        this.remark = text('console.remark.wrong', { left: answer.triesLeft })
        break
      case 'LOCKED':
        this.restart(null)
        this.stage = 'LOCKED'
        break
      case 'EXPIRED':
        this.askFieldCode(text('console.remark.challengeExpired'))
        break
    }
  }

  private askFieldCode(remark: TextRef | null): void {
    this.stage = 'FIELD_CODE'
    this.challenge = this.parts.access.newChallenge()
    this.remark = remark
  }

  private restart(remark: TextRef | null): void {
    this.stage = 'STAFF'
    this.staffId = null
    this.challenge = null
    this.remark = remark
  }

  /** Asked anew, since the compiler believes that nothing changes while we wait. */
  private isLeft(): boolean {
    return this.leave.signal.aborted
  }
}
