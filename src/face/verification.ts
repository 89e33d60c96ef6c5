import { unreachable } from '../lib/result.ts'
import { bandOf, type ScoreBand } from './compare.ts'
import { boxCentre, boxHeight, distance, type Box } from './geometry.ts'
import type { Guidance, Observation } from './protocol.ts'

/** How many frames decide, and how long an attempt may take. Rates are fixed with these: see docs/model-card.md. */
export interface VerificationRules {
  /** Least cosine of a pass, of the manifest. */
  readonly threshold: number
  /** From here a pass is recorded HIGH. */
  readonly high: number
  /** Good, live frames of one face before anybody passes; at least 3. */
  readonly framesToPass: number
  /** Good frames after which an attempt below the threshold has failed. */
  readonly framesToFail: number
  /** Replays seen before the attempt fails; one may be a reflection. */
  readonly replaysToFail: number
  /** Longest attempt, milliseconds of the monotonic clock. */
  readonly windowMs: number
}

/** Why an attempt did not pass. */
type FailureReason = 'NO_MATCH' | 'NOT_LIVE' | 'NO_DECISION'

/** What an attempt came to. Only these words and the time are recorded: never the score behind a band. */
type Verdict =
  | { readonly kind: 'KEEP_LOOKING'; readonly guidance: Guidance; readonly textKey: string }
  | { readonly kind: 'PASS'; readonly band: ScoreBand }
  | { readonly kind: 'FAIL'; readonly reason: FailureReason; readonly band: ScoreBand }

/** One attempt while it runs. Holds numbers only: no picture, no feature. */
export interface Attempt {
  readonly startedAt: number
  readonly lastSeq: number
  readonly goodFrames: number
  readonly scoreSum: number
  readonly replays: number
  readonly box: Box | undefined
  readonly verdict: Verdict
}

/** A face that jumps farther than this between two frames, in heights of its box, may be another person's. */
const SAME_FACE_JUMP = 0.6

/** Begins an attempt at `now`, milliseconds of the monotonic clock. */
export function beginAttempt(now: number): Attempt {
  return {
    startedAt: now,
    lastSeq: -1,
    goodFrames: 0,
    scoreSum: 0,
    replays: 0,
    box: undefined,
    verdict: keepLooking('NO_FACE'),
  }
}

/**
 * Takes one observation into the attempt. The mean score over *all* good frames decides, so that nobody passes by the
 * one lucky frame of many; a face that vanishes or jumps begins the count anew, so that the living face and the
 * matching face are the same. A decided attempt, and a frame out of order, change nothing.
 */
export function observe(attempt: Attempt, seen: Observation, now: number, rules: VerificationRules): Attempt {
  if (attempt.verdict.kind !== 'KEEP_LOOKING' || seen.seq <= attempt.lastSeq) return attempt
  if (now - attempt.startedAt >= rules.windowMs) return expire(attempt, now, rules)
  const next = counted(attempt, seen)
  return { ...next, verdict: decide(next, seen.guidance, rules) }
}

/** Ends an attempt whose time is over; to be called by a timer, since a camera may deliver nothing at all. */
export function expire(attempt: Attempt, now: number, rules: VerificationRules): Attempt {
  if (attempt.verdict.kind !== 'KEEP_LOOKING' || now - attempt.startedAt < rules.windowMs) return attempt
  return { ...attempt, verdict: { kind: 'FAIL', reason: 'NO_DECISION', band: bandSoFar(attempt, rules) } }
}

function counted(attempt: Attempt, seen: Observation): Attempt {
  const kept = isSameFace(attempt.box, seen) ? attempt : { ...attempt, goodFrames: 0, scoreSum: 0 }
  const current: Attempt = { ...kept, lastSeq: seen.seq, box: seen.box }
  switch (seen.guidance) {
    case 'GOOD':
      return seen.score === undefined
        ? current
        : { ...current, goodFrames: kept.goodFrames + 1, scoreSum: kept.scoreSum + seen.score }
    case 'NOT_LIVE':
      return { ...current, replays: kept.replays + 1 }
    case 'NO_FACE':
    case 'TWO_FACES':
      return { ...current, goodFrames: 0, scoreSum: 0, box: undefined }
    case 'TOO_FAR':
    case 'TOO_CLOSE':
    case 'OFF_CENTRE':
    case 'TURN_TO_CAMERA':
    case 'TOO_DARK':
    case 'TOO_BRIGHT':
    case 'HOLD_STILL':
      return current
    default:
      return unreachable(seen.guidance)
  }
}

function isSameFace(before: Box | undefined, seen: Observation): boolean {
  if (before === undefined || seen.box === undefined) return true
  return distance(boxCentre(before), boxCentre(seen.box)) <= SAME_FACE_JUMP * boxHeight(before)
}

function decide(attempt: Attempt, guidance: Guidance, rules: VerificationRules): Verdict {
  if (attempt.replays >= rules.replaysToFail) {
    return { kind: 'FAIL', reason: 'NOT_LIVE', band: bandSoFar(attempt, rules) }
  }
  const band = bandSoFar(attempt, rules)
  if (attempt.goodFrames >= rules.framesToPass && band !== 'LOW') return { kind: 'PASS', band }
  if (attempt.goodFrames >= rules.framesToFail) return { kind: 'FAIL', reason: 'NO_MATCH', band }
  return keepLooking(guidance)
}

function bandSoFar(attempt: Attempt, rules: VerificationRules): ScoreBand {
  return attempt.goodFrames === 0 ? 'LOW' : bandOf(attempt.scoreSum / attempt.goodFrames, rules)
}

function keepLooking(guidance: Guidance): Verdict {
  return { kind: 'KEEP_LOOKING', guidance, textKey: `face.guidance.${guidance}` }
}
