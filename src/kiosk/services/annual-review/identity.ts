import type { CentralClient } from '../../../central/client/central-client.ts'
import { type ChallengeId, type IdentificationId, type VisitId } from '../../../central/contract/fields.ts'
import type { IdentificationRequest, SmsCodeRequest } from '../../../central/contract/identification.ts'
import type { PortraitDecoder } from '../../../face/portrait-decoder.ts'
import { text } from '../../../ipc/text.ts'
import type { Clock } from '../../../lib/clock.ts'
import { hide, reveal, type Log } from '../../../lib/log.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { FaceDecision } from '../../visit/events.ts'
import type { SmsAnswer, SmsChallenge } from '../../visit/machine.ts'
import type { Identified, PresentedCard } from '../../visit/model.ts'
import type { Trouble } from '../../visit/trouble.ts'
import { centreTrouble } from './centre-trouble.ts'

const SMS_TRIES = 5

const cardKinds: Readonly<Record<string, IdentificationRequest['cardKind']>> = {
  resident: 'RESIDENT',
  'residence-permit': 'RESIDENCE_PERMIT',
  'foreigner-2017': 'FOREIGNER',
  'foreigner-2023': 'FOREIGNER',
}

/** Who stands there, and proof of it: what the centre knows of the card's holder, the face's result, the SMS code. */
export class Identity {
  private readonly centre: CentralClient
  private readonly decoder: PortraitDecoder
  private readonly clock: Clock
  private readonly log: Log
  /** The message of this identification: asked for again within the minute, it is still the one to wait for. */
  private sent: { readonly identificationId: string; readonly challenge: SmsChallenge } | null = null

  constructor(centre: CentralClient, decoder: PortraitDecoder, clock: Clock, log: Log) {
    this.centre = centre
    this.decoder = decoder
    this.clock = clock
    this.log = log
  }

  async identify(visitId: string, card: PresentedCard): Promise<Result<Identified, Trouble>> {
    const idNo = reveal(card.idNumber)
    if (!/^\d{17}[\dX]$/.test(idNo)) return err({ code: 'PERSON_UNKNOWN', detail: 'number of the 2017 foreigner card' })
    const answer = await this.centre.identify({
      idNo,
      name: reveal(card.name),
      visitId: visitId as VisitId,
      cardKind: cardKinds[card.kind] ?? 'RESIDENT',
    })
    if (!answer.ok) return err(centreTrouble(answer.error))
    const { identificationId, personKnown, nameMasked, phoneMasked, portrait } = answer.value
    if (!personKnown) return err({ code: 'PERSON_UNKNOWN' })
    const picture = portrait === null ? await this.chipPortrait(card) : Buffer.from(portrait, 'base64')
    return ok({
      identificationId,
      personMasked: nameMasked,
      phoneMasked,
      portrait: picture === null ? null : hide<Uint8Array>(picture),
    })
  }

  /** Only the result travels: no picture and no score. */
  async reportFace(identified: Identified, decision: FaceDecision): Promise<Result<void, Trouble>> {
    const answer = await this.centre.verifyFace(identified.identificationId as IdentificationId, {
      result: decision.result,
      scoreBand: decision.scoreBand,
      algorithmVersion: decision.algorithmVersion,
      at: this.clock.now(),
    })
    return answer.ok ? ok() : err(centreTrouble(answer.error))
  }

  async sendSms(identified: Identified, certificateCode: string): Promise<Result<SmsChallenge, Trouble>> {
    const request = smsRequest(certificateCode)
    if (request === null) return err({ code: 'WRONG_CERTIFICATE' })
    const { identificationId } = identified
    const former = this.sent?.identificationId === identificationId ? this.sent.challenge : null
    const answer = await this.centre.sendSmsCode(identificationId as IdentificationId, request)
    if (!answer.ok) {
      const tooSoon = answer.error.code === 'REFUSED' && answer.error.problem.code === 'SMS_TOO_SOON'
      return tooSoon && former !== null ? ok(former) : err(centreTrouble(answer.error))
    }
    const { challengeId, phoneMasked, resendAfter } = answer.value
    const resendFrom = resendAfter - (this.centre.clockOffset?.offsetMs ?? 0)
    // The centre counts wrong codes over all messages.
    const challenge = { challengeId, phoneMasked, resendFrom, triesLeft: former?.triesLeft ?? SMS_TRIES }
    this.sent = { identificationId, challenge }
    return ok(challenge)
  }

  async checkSms(identified: Identified, challenge: SmsChallenge, code: string): Promise<Result<SmsAnswer, Trouble>> {
    const answer = await this.centre.verifySmsCode(
      identified.identificationId as IdentificationId,
      challenge.challengeId as ChallengeId,
      code,
    )
    if (answer.ok) {
      return answer.value.verified
        ? ok({ right: true })
        : ok({ right: false, triesLeft: answer.value.attemptsLeft, remark: text('remark.SMS_WRONG') })
    }
    if (answer.error.code === 'REFUSED') {
      const { problem } = answer.error
      if (problem.code === 'SMS_CODE_WRONG' && problem.attemptsLeft > 0) {
        const { identificationId } = identified
        this.sent = { identificationId, challenge: { ...challenge, triesLeft: problem.attemptsLeft } }
        return ok({ right: false, triesLeft: problem.attemptsLeft, remark: text('remark.SMS_WRONG') })
      }
      if (problem.code === 'SMS_CODE_WRONG') return err({ code: 'SMS_TOO_MANY' })
      if (problem.code === 'SMS_CODE_EXPIRED') {
        return ok({ right: false, triesLeft: challenge.triesLeft, remark: text('remark.SMS_EXPIRED') })
      }
    }
    return err(centreTrouble(answer.error))
  }

  /** The centre forgets the person as well; if it cannot hear us, its own expiry does it. */
  async forget(identified: Identified): Promise<void> {
    this.sent = null
    const answer = await this.centre.endIdentification(identified.identificationId as IdentificationId)
    if (!answer.ok) this.log.info('identification.left-to-expire', { code: answer.error.code })
  }

  private async chipPortrait(card: PresentedCard): Promise<Uint8Array | null> {
    const record = reveal(card.chipPortrait)
    if (record.length === 0) return null
    const decoded = await this.decoder.decode(record)
    if (decoded.ok) return decoded.value
    if (decoded.error.code !== 'NOT_CONFIGURED') this.log.warn('portrait-decoder.failed', { code: decoded.error.code })
    return null
  }
}

/** A certificate is named by its number (9 to 12 digits) or by the check code printed on it. */
function smsRequest(typed: string): SmsCodeRequest | null {
  const code = typed.trim().toUpperCase()
  const number = /(?:^|\D)(\d{9,12})(?:\D|$)/.exec(code)?.[1]
  if (number !== undefined) return { certificateNo: number }
  return /^[0-9A-Z]{4,16}$/.test(code) ? { verifyCode: code } : null
}
