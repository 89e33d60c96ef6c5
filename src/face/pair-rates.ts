/** A judged pair: its cosine, or `null` when one of the pictures was refused. */
export interface ScoredPair {
  readonly same: boolean
  readonly score: number | null
}

export interface PairRates {
  readonly genuinePairs: number
  readonly impostorPairs: number
  /** Pairs without a score. A refused genuine pair counts as rejected, a refused impostor pair as rejected too. */
  readonly refusals: number
  /** Share judged right at the shipped threshold. */
  readonly accuracy: number | null
  /** The threshold that would judge most pairs right, and that share: for comparison only, never shipped. */
  readonly bestAccuracy: number | null
  readonly bestThreshold: number | null
  readonly tarAtFar1e2: number | null
  readonly tarAtFar1e3: number | null
  /** The cosine above which the impostors of this set are accepted at those rates. */
  readonly thresholdAtFar1e2: number | null
  readonly thresholdAtFar1e3: number | null
  /** Rates at the shipped threshold. */
  readonly farAtThreshold: number | null
  readonly tarAtThreshold: number | null
}

/** Rates of true and false accepts; a rate is `null` when the set holds no pair to measure it on. */
export function ratesOf(pairs: readonly ScoredPair[], threshold: number): PairRates {
  const genuine = descending(pairs.filter((pair) => pair.same))
  const impostor = descending(pairs.filter((pair) => !pair.same))
  const best = bestCut(genuine, impostor)
  const at1e2 = cutForFar(impostor, 0.01)
  const at1e3 = cutForFar(impostor, 0.001)
  const accepted = share(genuine, threshold)
  const falselyAccepted = share(impostor, threshold)
  return {
    genuinePairs: genuine.length,
    impostorPairs: impostor.length,
    refusals: pairs.filter((pair) => pair.score === null).length,
    accuracy: pairs.length === 0 ? null : rightAt(genuine, impostor, threshold) / pairs.length,
    bestAccuracy: best === undefined ? null : best.right / pairs.length,
    bestThreshold: best === undefined ? null : best.threshold,
    tarAtFar1e2: at1e2 === null ? null : shareAbove(genuine, at1e2),
    tarAtFar1e3: at1e3 === null ? null : shareAbove(genuine, at1e3),
    thresholdAtFar1e2: at1e2,
    thresholdAtFar1e3: at1e3,
    farAtThreshold: falselyAccepted,
    tarAtThreshold: accepted,
  }
}

/** Scores, highest first; a refusal is below every score. */
function descending(pairs: readonly ScoredPair[]): readonly number[] {
  return pairs.map((pair) => pair.score ?? -Infinity).sort((first, second) => second - first)
}

/** Share of `scores` (descending) at or above `threshold`; `null` of none. */
function share(scores: readonly number[], threshold: number): number | null {
  return scores.length === 0 ? null : countFrom(scores, threshold) / scores.length
}

function countFrom(scores: readonly number[], threshold: number): number {
  const first = scores.findIndex((score) => score < threshold)
  return first < 0 ? scores.length : first
}

function shareAbove(scores: readonly number[], cut: number): number | null {
  return scores.length === 0 ? null : scores.filter((score) => score > cut).length / scores.length
}

/** The lowest cut such that at most `far` of the impostors lie above it; `null` without impostors. */
function cutForFar(impostor: readonly number[], far: number): number | null {
  const cut = impostor[Math.floor(far * impostor.length + 1e-9)]
  return cut === undefined ? null : Math.max(-1, cut)
}

function rightAt(genuine: readonly number[], impostor: readonly number[], threshold: number): number {
  return countFrom(genuine, threshold) + impostor.length - countFrom(impostor, threshold)
}

function bestCut(
  genuine: readonly number[],
  impostor: readonly number[],
): { readonly threshold: number; readonly right: number } | undefined {
  let best: { readonly threshold: number; readonly right: number } | undefined
  for (const threshold of new Set([...genuine, ...impostor])) {
    if (!Number.isFinite(threshold)) continue
    const right = rightAt(genuine, impostor, threshold)
    if (best === undefined || right > best.right) best = { threshold, right }
  }
  return best
}
