import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guidance as guidances, type Guidance, type Observation } from './protocol.ts'
import { beginAttempt, expire, observe, type Attempt, type VerificationRules } from './verification.ts'

const RULES: VerificationRules = {
  threshold: 0.46,
  high: 0.6,
  framesToPass: 3,
  framesToFail: 8,
  replaysToFail: 3,
  windowMs: 20_000,
}
const BOX = { left: 200, top: 100, right: 400, bottom: 340 }
const stageMs = { detect: 0, landmarks: 0, align: 0, feature: 0, liveness: 0 }

function good(score: number, box = BOX): Omit<Observation, 'seq'> {
  return { guidance: 'GOOD', score, liveness: 0.98, box, faces: [], stageMs }
}

function other(guidance: Guidance): Omit<Observation, 'seq'> {
  return guidance === 'NO_FACE' ? { guidance, faces: [], stageMs } : { guidance, box: BOX, faces: [], stageMs }
}

/** Shows frames 200 ms apart, from the attempt's beginning at 1 000 ms. */
function after(frames: readonly Omit<Observation, 'seq'>[]): Attempt {
  let attempt = beginAttempt(1_000)
  for (const [seq, frame] of frames.entries()) attempt = observe(attempt, { ...frame, seq }, 1_200 + 200 * seq, RULES)
  return attempt
}

describe('an attempt to verify a face', () => {
  it('passes on the third good frame of the right person and records a band only', () => {
    expect(after([good(0.7), good(0.7)]).verdict.kind).toBe('KEEP_LOOKING')
    expect(after([good(0.7), good(0.7), good(0.7)]).verdict).toEqual({ kind: 'PASS', band: 'HIGH' })
    expect(after([good(0.5), good(0.5), good(0.5)]).verdict).toEqual({ kind: 'PASS', band: 'MEDIUM' })
  })

  it('fails with NO_MATCH when eight good frames show somebody else', () => {
    const stranger = Array.from({ length: 8 }, () => good(0.1))
    expect(after(stranger.slice(1)).verdict.kind).toBe('KEEP_LOOKING')
    expect(after(stranger).verdict).toEqual({ kind: 'FAIL', reason: 'NO_MATCH', band: 'LOW' })
  })

  it('is not passed by one lucky frame among many', () => {
    expect(after([good(0.2), good(0.2), good(0.8), good(0.2), good(0.2)]).verdict.kind).toBe('KEEP_LOOKING')
  })

  it('fails when the picture is not live three times, however well it matches', () => {
    const replay = other('NOT_LIVE')
    expect(after([replay, good(0.9), replay, good(0.9), replay]).verdict).toEqual({
      kind: 'FAIL',
      reason: 'NOT_LIVE',
      band: 'HIGH',
    })
  })

  it('does not carry the good frames of one face over to another that took its place', () => {
    const elsewhere = { left: 20, top: 100, right: 180, bottom: 300 }
    expect(after([good(0.9), good(0.9), good(0.9, elsewhere)]).verdict.kind).toBe('KEEP_LOOKING')
    expect(after([good(0.9), good(0.9), other('NO_FACE'), good(0.9)]).verdict.kind).toBe('KEEP_LOOKING')
    expect(after([good(0.9), good(0.9), other('TWO_FACES'), good(0.9)]).verdict.kind).toBe('KEEP_LOOKING')
  })

  it('keeps the good frames while she only turns her head or the light changes', () => {
    expect(after([good(0.9), other('TURN_TO_CAMERA'), good(0.9), other('TOO_DARK'), good(0.9)]).verdict.kind).toBe(
      'PASS',
    )
  })

  it('says what to do, with the key of the text', () => {
    expect(after([other('TOO_FAR')]).verdict).toEqual({
      kind: 'KEEP_LOOKING',
      guidance: 'TOO_FAR',
      textKey: 'face.guidance.TOO_FAR',
    })
  })

  it('counts no frame twice and none out of order', () => {
    let attempt = beginAttempt(0)
    for (const seq of [5, 5, 4, 3]) attempt = observe(attempt, { ...good(0.9), seq }, 100, RULES)
    expect(attempt.goodFrames).toBe(1)
  })

  it('ends with NO_DECISION when its time is over, also when the camera delivers nothing', () => {
    const started = beginAttempt(0)
    expect(expire(started, 19_999, RULES).verdict.kind).toBe('KEEP_LOOKING')
    expect(expire(started, 20_000, RULES).verdict).toEqual({ kind: 'FAIL', reason: 'NO_DECISION', band: 'LOW' })
    expect(observe(started, { ...good(0.9), seq: 0 }, 20_000, RULES).verdict.kind).toBe('FAIL')
  })

  it('never passes without three live frames that match on average, whatever the order of frames', () => {
    const frame = fc.oneof(
      fc.double({ min: -1, max: 1, noNaN: true }).map((score) => good(score)),
      fc.constantFrom(...guidances.options.filter((each) => each !== 'GOOD')).map(other),
    )
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 40 }), (frames) => {
        const { verdict, goodFrames, scoreSum, replays } = after(frames)
        if (verdict.kind !== 'PASS') return
        expect(goodFrames).toBeGreaterThanOrEqual(3)
        expect(scoreSum / goodFrames).toBeGreaterThanOrEqual(RULES.threshold)
        expect(replays).toBeLessThan(3)
      }),
    )
  })

  it('once decided stays decided', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(good(0.9), good(0), other('NOT_LIVE')), { minLength: 12, maxLength: 30 }),
        (frames) => {
          const decided = frames.findIndex(
            (_, index) => after(frames.slice(0, index + 1)).verdict.kind !== 'KEEP_LOOKING',
          )
          expect(after(frames).verdict).toEqual(after(frames.slice(0, decided + 1)).verdict)
        },
      ),
    )
  })
})
