import { MISHAPS, type Misfortune, type Point } from './fuse.ts'
import type { Deed, ModelWorld, Step } from './world.ts'

export interface Explored {
  /** Different states of the world that were reached. */
  readonly states: number
  /** Stories that were played from the beginning, each to the end where everything is settled. */
  readonly stories: number
  /** Stories that broke a promise, each with what it broke. */
  readonly violations: readonly { readonly story: readonly Step[]; readonly broken: readonly string[] }[]
}

/** How far to look. */
export interface Horizon {
  /** Deeds of a story, the settling at its end not counted. */
  readonly deeds: number
  /** Whether misfortunes strike every visit, not only the first of a story. They always strike a start and a delivery. */
  readonly everyVisit: boolean
}

/** A way to a state from which it has not been gone on yet. */
interface Way {
  readonly story: readonly Step[]
  readonly deeds: readonly Deed[]
}

/**
 * Plays the stories breadth first: from every state that was reached every deed, without a misfortune and with each that
 * can strike at each of its points. A state that was reached before is not gone on from: its future is known.
 */
export async function explore(world: ModelWorld, horizon: Horizon): Promise<Explored> {
  const states = new Set<string>()
  const violations: { story: readonly Step[]; broken: readonly string[] }[] = []
  let stories = 0
  const { deeds } = await play(world, [])
  // The kiosks are alike: the first deed is that of the first.
  let open: readonly Way[] = [{ story: [], deeds: deeds.filter((deed) => 'at' in deed && deed.at === 'A') }]
  for (let depth = 0; depth < horizon.deeds; depth++) {
    const next: Way[] = []
    for (const way of open) {
      for (const deed of way.deeds) {
        const strikes = depth === 0 || horizon.everyVisit || deed.what !== 'VISIT'
        const waiting: (Misfortune | null)[] = [null]
        for (let misfortune = waiting.shift(); misfortune !== undefined; misfortune = waiting.shift()) {
          const story = [...way.story, { deed, misfortune }]
          const played = await play(world, story)
          stories += 1
          if (played.broken.length > 0) violations.push({ story, broken: played.broken })
          else if (!states.has(played.state)) next.push({ story, deeds: played.deeds })
          states.add(played.state)
          if (misfortune === null && strikes) waiting.push(...strikesAt(played.points))
        }
      }
    }
    open = next
  }
  return { states: states.size, stories, violations }
}

/** Whoever comes first may be anybody; after that one who does everything right, or whom the printer fails, says most. */
const PLANS = ['PATIENT', 'JAMS', 'JAMS_ON', 'HASTY', 'LEAVES'] as const
const LATER_PLANS = ['PATIENT', 'JAMS_ON'] as const

/** Plays the story with a truck of its own, and then lets everything come to rest. */
async function play(world: ModelWorld, story: readonly Step[]) {
  world.begin()
  let points: readonly Point[] = []
  for (const step of story) points = await world.happen(step)
  const state = world.state()
  const deeds = world.deeds(story.length === 0 ? PLANS : LATER_PLANS)
  await world.settle()
  return { points, state, deeds, broken: world.violations }
}

function strikesAt(points: readonly Point[]): Misfortune[] {
  return points.flatMap((point, at) => MISHAPS[point].map((what) => ({ at, what })))
}
