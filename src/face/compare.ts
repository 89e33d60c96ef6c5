import type { Decision } from './manifest.ts'

declare const unitLength: unique symbol

/** A face as a direction: a vector of length one. It is a person's template: it stays in memory and is wiped. */
export type Feature = Float32Array & { readonly [unitLength]: true }

/** What may be recorded of a comparison; the score itself never is. */
export type ScoreBand = 'HIGH' | 'MEDIUM' | 'LOW'

/** The sum of vectors as a direction; throws when they cancel out or hold no numbers. */
export function directionOf(vectors: readonly Float32Array[]): Feature {
  const sum = new Float32Array(vectors[0]?.length ?? 0)
  for (const vector of vectors) for (const [at, value] of vector.entries()) sum[at] = (sum[at] ?? 0) + value
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
  if (!(length > 0 && Number.isFinite(length))) throw new Error('vectors without a direction')
  for (const [at, value] of sum.entries()) sum[at] = value / length
  return sum as Feature
}

/** Joins directions of several networks: the cosine of two joined features is the weighted mean of their cosines. */
export function joinFeatures(parts: readonly { readonly direction: Feature; readonly weight: number }[]): Feature {
  const total = parts.reduce((sum, part) => sum + part.weight, 0)
  const joined = new Float32Array(parts.reduce((length, part) => length + part.direction.length, 0))
  let at = 0
  for (const { direction, weight } of parts) {
    const share = Math.sqrt(weight / total)
    for (const [index, value] of direction.entries()) joined[at + index] = value * share
    at += direction.length
  }
  return joined as Feature
}

/** Cosine of the angle between two faces, −1..1; the higher, the more alike. */
export function similarityOf(first: Feature, second: Feature): number {
  if (first.length !== second.length) throw new Error('features of different networks')
  let sum = 0
  for (let at = 0; at < first.length; at++) sum += (first[at] as number) * (second[at] as number)
  return Math.max(-1, Math.min(1, sum))
}

export function bandOf(score: number, decision: Decision): ScoreBand {
  if (score >= decision.high) return 'HIGH'
  return score >= decision.threshold ? 'MEDIUM' : 'LOW'
}
