import type { Guidance } from './protocol.ts'
import type { Exposure, Placement, Pose } from './quality.ts'

/** What was measured on the one face of a frame, before its feature is worth computing. */
export interface FaceFacts {
  readonly placement: Placement
  readonly pose: Pose
  readonly exposure: Exposure
  /** Shift of the box's centre since the frame before, in heights of the box; 0 for a first frame. */
  readonly movement: number
}

/** The limits of a frame that may count. Sizes are shares of the frame, angles degrees, light 0..255. */
const LIMITS = {
  smallest: 0.22,
  largest: 0.8,
  offX: 0.24,
  offY: 0.24,
  yaw: 24,
  pitch: 28,
  roll: 22,
  darkest: 45,
  brightest: 225,
  burnt: 0.35,
  leastSharpness: 12,
  movement: 0.35,
} as const

/**
 * The one thing the citizen should do next: what she must do first (come closer) before what follows from it
 * (hold still); `GOOD` when nothing is in the way.
 */
export function guidanceFor(facts: FaceFacts): Exclude<Guidance, 'NO_FACE' | 'TWO_FACES' | 'NOT_LIVE'> {
  const { placement, pose, exposure } = facts
  if (placement.size < LIMITS.smallest) return 'TOO_FAR'
  if (placement.size > LIMITS.largest) return 'TOO_CLOSE'
  if (placement.cut || placement.offX > LIMITS.offX || placement.offY > LIMITS.offY) return 'OFF_CENTRE'
  if (exposure.brightness < LIMITS.darkest) return 'TOO_DARK'
  if (exposure.brightness > LIMITS.brightest || exposure.burnt > LIMITS.burnt) return 'TOO_BRIGHT'
  if (Math.abs(pose.yaw) > LIMITS.yaw || Math.abs(pose.pitch) > LIMITS.pitch || Math.abs(pose.roll) > LIMITS.roll) {
    return 'TURN_TO_CAMERA'
  }
  if (exposure.sharpness < LIMITS.leastSharpness || facts.movement > LIMITS.movement) return 'HOLD_STILL'
  return 'GOOD'
}
