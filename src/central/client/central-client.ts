import { randomBytes } from 'node:crypto'
import type {
  AuthorizationRequest,
  PrintResultReport,
  ReauthorizationRequest,
  WithdrawalRequest,
} from '../contract/endorsement.ts'
import type { ChallengeId, IdentificationId, ReviewId } from '../contract/fields.ts'
import type { FaceVerificationRequest, IdentificationRequest, SmsCodeRequest } from '../contract/identification.ts'
import type { ReviewRequest } from '../contract/review.ts'
import { signJws } from '../contract/jws.ts'
import { ALLOWED_SKEW_MS, type ResponseOf, type RouteName } from '../contract/routes.ts'
import { KEY_ROTATION_TYP, type EnrolmentRequest, type EventReport, type RatingRequest } from '../contract/station.ts'
import type { PublicVehicleQuery } from '../contract/vehicle.ts'
import type { EndorsementNo } from '../../domain/endorsement-no.ts'
import type { Clock } from '../../lib/clock.ts'
import { err, type Result } from '../../lib/result.ts'
import type { CentralError } from './central-error.ts'
import { ClockOffsetEstimate, type ClockOffset } from './clock-offset.ts'
import type { DeviceIdentity } from './device-key.ts'
import { buildRequest, type CallInput } from './request.ts'
import { readAnswer } from './response.ts'
import { HttpVoice } from './http-voice.ts'
import { acceptKeySet, type KeyPins } from './trusted-keys.ts'

export interface CentralClientOptions {
  /** `http://127.0.0.1:8480` or `https://…`, without a path. */
  readonly baseUrl: string
  readonly identity: DeviceIdentity
  readonly clock: Clock
  /** PEM of the authority that signed the centre's certificate, where it is not a public one. */
  readonly ca?: string
  /** What is known of the centre's signing keys; without it every published set is believed. */
  readonly pins?: KeyPins
  /** Overrides of the deadlines, milliseconds. */
  readonly deadlines?: Partial<Readonly<Record<RouteName, number>>>
}

export type NotEnrolledReason = Extract<CentralError, { code: 'NOT_ENROLLED' }>['reason']

type Answer<N extends RouteName> = Promise<Result<ResponseOf<N>, CentralError>>

/** Milliseconds a call may take, from the first byte sent to the last received. */
const DEADLINES: Readonly<Record<RouteName, number>> = {
  health: 3_000,
  keys: 5_000,
  enrol: 10_000,
  standing: 5_000,
  rotateKey: 10_000,
  identify: 8_000,
  endIdentification: 3_000,
  verifyFace: 5_000,
  sendSmsCode: 8_000,
  verifySmsCode: 5_000,
  vehicles: 8_000,
  publicVehicle: 8_000,
  openReview: 10_000,
  review: 10_000,
  submitReview: 10_000,
  authorize: 10_000,
  reauthorize: 10_000,
  withdraw: 10_000,
  reportPrint: 10_000,
  endorsement: 5_000,
  rate: 5_000,
  reportEvent: 5_000,
}

/**
 * The kiosk's voice to the centre: one method per route of the contract, every one signed, with a deadline, and
 * answering a `Result`. It keeps no citizen's data, retries nothing, and logs nothing.
 */
export class CentralClient {
  private readonly options: CentralClientOptions
  private readonly voice: HttpVoice
  private readonly estimate = new ClockOffsetEstimate()
  private identity: DeviceIdentity
  private whenRefused: (reason: NotEnrolledReason) => void = () => undefined

  constructor(options: CentralClientOptions) {
    this.options = options
    this.identity = options.identity
    this.voice = new HttpVoice(options.baseUrl, options.clock, options.ca)
  }

  /** The last good measurement of the centre's clock against ours; null before the first answer. */
  get clockOffset(): ClockOffset | null {
    return this.estimate.current
  }

  /** The centre's time now, counted from its last good measurement by a clock that nobody can set; null before the first. */
  get centreTime(): number | null {
    return this.estimate.timeAt(this.options.clock.monotonic())
  }

  /** Signs with this key from now on; calls under way keep the one they were signed with. */
  useIdentity(identity: DeviceIdentity): void {
    this.identity = identity
  }

  /** `listener` hears whenever the centre says that it does not know this kiosk's key, or no longer. */
  onNotEnrolled(listener: (reason: NotEnrolledReason) => void): void {
    this.whenRefused = listener
  }

  /** Drops the kept-alive connections. */
  close(): void {
    this.voice.close()
  }

  health(): Answer<'health'> {
    return this.call('health', {})
  }

  /**
   * The centre's signing keys. A set that no known key vouches for is `NONSENSE` and raises the alarm of the pins: a
   * hostile centre, or one between us and ours, must not choose who may sign.
   */
  async keys(): Answer<'keys'> {
    const { pins } = this.options
    const published = await this.call('keys', {})
    if (!published.ok || pins === undefined) return published
    const known = pins.read()
    const accepted = acceptKeySet(known, published.value)
    if (!accepted.ok) {
      pins.alarm(accepted.error)
      return err({ code: 'NONSENSE', detail: `keys: ${accepted.error.code} ${accepted.error.kid}` })
    }
    if (JSON.stringify(known) !== JSON.stringify(accepted.value)) pins.write(accepted.value)
    return published
  }

  enrol(request: Omit<EnrolmentRequest, 'publicKey'>): Answer<'enrol'> {
    return this.call('enrol', { body: { ...request, publicKey: this.identity.publicKey } })
  }

  standing(): Answer<'standing'> {
    return this.call('standing', {})
  }

  /** Makes `next` this kiosk's key at the centre, vouched for by the present one. Does not begin to use it. */
  rotateKey(next: DeviceIdentity): Answer<'rotateKey'> {
    const proof = signJws(KEY_ROTATION_TYP, { from: this.identity.keyId }, next)
    return this.call('rotateKey', { body: { publicKey: next.publicKey, proof } })
  }

  identify(request: IdentificationRequest): Answer<'identify'> {
    return this.call('identify', { body: request })
  }

  endIdentification(identificationId: IdentificationId): Answer<'endIdentification'> {
    return this.call('endIdentification', { params: { identificationId } })
  }

  verifyFace(identificationId: IdentificationId, request: FaceVerificationRequest): Answer<'verifyFace'> {
    return this.call('verifyFace', { params: { identificationId }, body: request })
  }

  sendSmsCode(identificationId: IdentificationId, request: SmsCodeRequest): Answer<'sendSmsCode'> {
    return this.call('sendSmsCode', { params: { identificationId }, body: request })
  }

  verifySmsCode(identificationId: IdentificationId, challengeId: ChallengeId, code: string): Answer<'verifySmsCode'> {
    return this.call('verifySmsCode', { params: { identificationId, challengeId }, body: { code } })
  }

  vehicles(identificationId: IdentificationId): Answer<'vehicles'> {
    return this.call('vehicles', { params: { identificationId } })
  }

  publicVehicle(query: PublicVehicleQuery): Answer<'publicVehicle'> {
    return this.call('publicVehicle', { query })
  }

  openReview(identificationId: IdentificationId, request: ReviewRequest): Answer<'openReview'> {
    return this.call('openReview', { params: { identificationId }, body: request })
  }

  review(reviewId: ReviewId): Answer<'review'> {
    return this.call('review', { params: { reviewId } })
  }

  submitReview(reviewId: ReviewId): Answer<'submitReview'> {
    return this.call('submitReview', { params: { reviewId } })
  }

  /** `key` must be the same for every repetition of one wish and new for the next: kioskId, visitId and reviewId joined. */
  authorize(reviewId: ReviewId, key: string, request: Omit<AuthorizationRequest, 'kioskTime'>): Answer<'authorize'> {
    return this.guarded('authorize', {
      params: { reviewId },
      idempotencyKey: key,
      body: { ...request, kioskTime: this.options.clock.now() },
    })
  }

  reauthorize(
    no: EndorsementNo,
    key: string,
    request: Omit<ReauthorizationRequest, 'kioskTime'>,
  ): Answer<'reauthorize'> {
    return this.guarded('reauthorize', {
      params: { endorsementNo: no },
      idempotencyKey: key,
      body: { ...request, kioskTime: this.options.clock.now() },
    })
  }

  withdraw(request: WithdrawalRequest): Answer<'withdraw'> {
    return this.call('withdraw', { body: request })
  }

  reportPrint(no: EndorsementNo, report: PrintResultReport): Answer<'reportPrint'> {
    return this.call('reportPrint', { params: { endorsementNo: no }, body: report })
  }

  endorsement(no: EndorsementNo): Answer<'endorsement'> {
    return this.call('endorsement', { params: { endorsementNo: no } })
  }

  rate(request: RatingRequest): Answer<'rate'> {
    return this.call('rate', { body: request })
  }

  reportEvent(report: EventReport): Answer<'reportEvent'> {
    return this.call('reportEvent', { body: report })
  }

  /** Asks for an authorization only with a clock that is known to be good enough to judge its expiry (scenario 36). */
  private async guarded<N extends 'authorize' | 'reauthorize'>(name: N, input: CallInput): Answer<N> {
    const offset = this.estimate.current
    if (offset !== null && Math.abs(offset.offsetMs) - offset.uncertaintyMs > ALLOWED_SKEW_MS) {
      // Measured before; the clock may have been set since. One small question tells.
      const health = await this.health()
      if (!health.ok) return health
      const now = this.estimate.current
      if (now !== null && Math.abs(now.offsetMs) - now.uncertaintyMs > ALLOWED_SKEW_MS) {
        return err({ code: 'CLOCK_SKEW', offsetMs: now.offsetMs })
      }
    }
    return this.call(name, input)
  }

  private async call<N extends RouteName>(name: N, input: CallInput): Answer<N> {
    const { clock } = this.options
    const request = buildRequest(name, input, this.identity, {
      created: Math.floor(clock.now() / 1000),
      nonce: randomBytes(18).toString('base64url'),
    })
    const exchange = await this.voice.exchange(request, this.options.deadlines?.[name] ?? DEADLINES[name])
    if (!exchange.ok) return exchange
    if (exchange.value.clockSample !== null) this.estimate.add(exchange.value.clockSample)
    const answer = readAnswer(name, exchange.value, clock.now())
    if (!answer.ok && answer.error.code === 'NOT_ENROLLED') this.whenRefused(answer.error.reason)
    return answer
  }
}
