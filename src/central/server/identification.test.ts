import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage, type StageKiosk } from '../../../tests/support/central-stage.ts'
import type { IdentificationId, VisitId } from '../contract/fields.ts'
import { expectOk } from '../../lib/result.ts'
import { DEMO_PEOPLE, type DemoPerson } from './seed/people.ts'

const PORTRAIT = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])

let stage: CentralStage
let kiosk: StageKiosk
beforeEach(async () => {
  stage = await CentralStage.open({ seed: { portrait: (person) => (person === 'owner' ? PORTRAIT : null) } })
  kiosk = await stage.kiosk()
})
afterEach(() => stage.close())

const identify = async ({ idNo, name }: DemoPerson, at = kiosk) =>
  expectOk(
    await at.client.identify({ idNo, name, visitId: `V${randomUUID()}` as VisitId, cardKind: 'RESIDENT' }),
    'identification',
  )
const face = (id: IdentificationId, result: 'PASS' | 'FAIL') =>
  kiosk.client.verifyFace(id, { result, scoreBand: 'LOW', algorithmVersion: 'test', at: stage.clock.now() })
const certificateOf = (plate: string) =>
  stage.central.database
    .prepare<[string], { certificate_no: string; verify_code: string }>(
      'SELECT certificate_no, verify_code FROM certificate WHERE plate_no = ?',
    )
    .get(plate)!

describe('identification', () => {
  it('gives the registered portrait and what may be shown, masked', async () => {
    const known = await identify(DEMO_PEOPLE.owner)
    expect(known).toMatchObject({
      personKnown: true,
      nameMasked: '陈**',
      phoneMasked: '100****5678',
      portrait: PORTRAIT.toString('base64'),
    })
  })

  it('answers a wrong name like an unknown number', async () => {
    const wrongName = await identify({ ...DEMO_PEOPLE.owner, name: '陈海' })
    expect(wrongName).toMatchObject({ personKnown: false, portrait: null, phoneMasked: null })
    expect((await face(wrongName.identificationId, 'PASS')).ok).toBe(true)
    expect(expectOk(await kiosk.client.vehicles(wrongName.identificationId), 'list').vehicles).toEqual([])
  })

  it('belongs to one kiosk, ends with the visit, with the next visit, and by itself', async () => {
    const { identificationId } = await identify(DEMO_PEOPLE.owner)
    const elsewhere = await stage.kiosk('2号机')
    const expired = { ok: false, error: { code: 'REFUSED', problem: { code: 'IDENTIFICATION_EXPIRED' } } }
    expect(await elsewhere.client.vehicles(identificationId)).toEqual(expired)
    expect(await kiosk.client.endIdentification(identificationId)).toMatchObject({ value: { duplicate: false } })
    expect(await kiosk.client.endIdentification(identificationId)).toMatchObject({ value: { duplicate: true } })
    expect(await kiosk.client.vehicles(identificationId)).toEqual(expired)

    const first = await identify(DEMO_PEOPLE.owner)
    const second = await identify(DEMO_PEOPLE.owner)
    expect(await face(first.identificationId, 'PASS')).toEqual(expired)
    await stage.clock.advance(25 * 60_000)
    expect(await face(second.identificationId, 'PASS')).toEqual(expired)
  })

  it('scenario 20 at the centre: after three failures of the face no fourth is taken, and the other way stays open', async () => {
    const { identificationId } = await identify(DEMO_PEOPLE.owner)
    for (const attemptsLeft of [2, 1, 0])
      expect(await face(identificationId, 'FAIL')).toMatchObject({ value: { verified: false, attemptsLeft } })
    expect(await face(identificationId, 'PASS')).toMatchObject({
      error: { problem: { code: 'VERIFICATION_EXHAUSTED' } },
    })
    const { certificate_no: certificateNo } = certificateOf('粤B23456')
    expect((await kiosk.client.sendSmsCode(identificationId, { certificateNo })).ok).toBe(true)
  })
})

describe('the equal way without a face', () => {
  it('scenario 19 at the centre: certificate and SMS code verify the person, by number or by check code', async () => {
    for (const by of ['certificateNo', 'verifyCode'] as const) {
      const { identificationId } = await identify(DEMO_PEOPLE.owner)
      const { certificate_no: certificateNo, verify_code: verifyCode } = certificateOf('粤B23456')
      const challenge = expectOk(
        await kiosk.client.sendSmsCode(identificationId, by === 'certificateNo' ? { certificateNo } : { verifyCode }),
        by,
      )
      expect(challenge.phoneMasked).toBe('100****5678')
      const { code, phone } = stage.central.admin.sentSms().at(-1)!
      expect([code.length, phone]).toEqual([6, DEMO_PEOPLE.owner.phone])
      const verified = await kiosk.client.verifySmsCode(identificationId, challenge.challengeId, code)
      expect(verified).toMatchObject({ value: { verified: true, method: 'SMS' } })
      expect((await kiosk.client.vehicles(identificationId)).ok).toBe(true)
    }
  })

  it('takes only a certificate of one’s own, five times', async () => {
    const { identificationId } = await identify(DEMO_PEOPLE.owner)
    const { certificate_no: certificateNo } = certificateOf('粤B60001')
    for (const attemptsLeft of [4, 3, 2, 1, 0]) {
      const answer = await kiosk.client.sendSmsCode(identificationId, { certificateNo })
      expect(answer).toMatchObject({ error: { problem: { code: 'CERTIFICATE_MISMATCH', attemptsLeft } } })
    }
    const own = await kiosk.client.sendSmsCode(identificationId, {
      certificateNo: certificateOf('粤B23456').certificate_no,
    })
    expect(own).toMatchObject({ error: { problem: { code: 'VERIFICATION_EXHAUSTED' } } })
    expect(stage.central.admin.sentSms()).toEqual([])
  })

  it('says when there is no phone on record', async () => {
    const { identificationId } = await identify(DEMO_PEOPLE.rareName)
    const answer = await kiosk.client.sendSmsCode(identificationId, {
      certificateNo: certificateOf('粤B90001').certificate_no,
    })
    expect(answer).toMatchObject({ error: { problem: { code: 'NO_PHONE' } } })
  })

  it('allows five wrong codes in all, a new code after a minute, and none after five minutes', async () => {
    const { identificationId } = await identify(DEMO_PEOPLE.owner)
    const { certificate_no: certificateNo } = certificateOf('粤B23456')
    const send = () => kiosk.client.sendSmsCode(identificationId, { certificateNo })
    const first = expectOk(await send(), 'first')
    expect(await send()).toMatchObject({ error: { problem: { code: 'SMS_TOO_SOON', retryAfterSeconds: 60 } } })
    const wrong = stage.central.admin.sentSms().at(-1)?.code === '000000' ? '000001' : '000000'
    for (const attemptsLeft of [4, 3]) {
      expect(await kiosk.client.verifySmsCode(identificationId, first.challengeId, wrong)).toMatchObject({
        error: { problem: { code: 'SMS_CODE_WRONG', attemptsLeft } },
      })
    }
    await stage.clock.advance(60_000)
    const second = expectOk(await send(), 'second')
    expect(await kiosk.client.verifySmsCode(identificationId, first.challengeId, wrong)).toMatchObject({
      error: { problem: { code: 'NOT_FOUND' } },
    })
    await stage.clock.advance(300_000)
    const right = stage.central.admin.sentSms().at(-1)!.code
    expect(await kiosk.client.verifySmsCode(identificationId, second.challengeId, right)).toMatchObject({
      error: { problem: { code: 'SMS_CODE_EXPIRED' } },
    })
    const third = expectOk(await send(), 'third')
    const miss = stage.central.admin.sentSms().at(-1)!.code === '000000' ? '000001' : '000000'
    for (let left = 2; left > 0; left--) {
      expect(await kiosk.client.verifySmsCode(identificationId, third.challengeId, miss)).toMatchObject({
        error: { problem: { code: 'SMS_CODE_WRONG', attemptsLeft: left } },
      })
    }
    expect(await kiosk.client.verifySmsCode(identificationId, third.challengeId, miss)).toMatchObject({
      error: { problem: { code: 'VERIFICATION_EXHAUSTED' } },
    })
    expect(await send()).toMatchObject({ error: { problem: { code: 'VERIFICATION_EXHAUSTED' } } })
  })
})
