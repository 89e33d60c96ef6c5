import { viewOf, type DetectedFace, type Detector } from './detect.ts'
import { boxHeight, distance, mean, type Point } from './geometry.ts'
import { wipe } from './image.ts'
import { asList, fivePoints, type FivePoints, type LandmarkFinder } from './landmarks.ts'
import { Picture } from './picture.ts'
import type { StageClock } from './stage-clock.ts'
import { smoothGrain, spreadLight } from './tone.ts'

/** A face whose points are known. */
export interface LocatedFace extends DetectedFace {
  readonly points: FivePoints
  /**
   * By how much the points still moved when they were looked for once more, in distances between the eyes. Below 0.03
   * on a face, larger where there is none: it tells a good place from a bad one better than the detector's score.
   */
  readonly unsteadiness: number
}

/** Looks after the first one. Once is enough at a kiosk's camera; three settle a poor portrait. */
type Looks = 1 | 3

/** Finds the points of a detected face; `undefined` when they coincide: there is nothing like a face in the box. */
export async function locate(
  picture: Picture,
  face: DetectedFace,
  finder: LandmarkFinder,
  looks: Looks,
): Promise<LocatedFace | undefined> {
  let points = fivePoints(await finder.firstLook(picture, face.box))
  let unsteadiness = 0
  for (let look = 1; look <= looks; look++) {
    const better = await finder.lookAgain(picture, points, looks > 1 && look === looks ? 'mirrored' : 'plain')
    if (better === undefined) return undefined
    const moved = fivePoints(better)
    unsteadiness = movement(points, moved)
    points = moved
  }
  return { ...face, points, unsteadiness }
}

/** Root mean square movement of the five points, in distances between the eyes. */
function movement(before: FivePoints, after: FivePoints): number {
  const earlier = asList(before)
  const squares = asList(after).map((point, index) => distance(point, earlier[index] as Point) ** 2)
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length) / Math.max(1e-6, eyeSpan(after))
}

function eyeSpan(points: FivePoints): number {
  return distance(points.leftEye, points.rightEye)
}

/**
 * Ways to search a portrait, cheapest first; a later one is tried only while no face has settled. A face that fills
 * the picture is found only with a margin around it (a share of the picture's size), one in the dark only with more
 * light, one in the grain of a poor sensor only without the grain. Neither "as it is" nor "with a margin" is right for
 * every picture, so both are tried and the steadier is taken.
 */
const SEARCHES: readonly Search[] = [
  { margins: [0, 0.2], treat: (picture) => picture, isFace: settlesOnFace },
  { margins: [0.5], treat: (picture) => picture, isFace: settlesOnFace },
  { margins: [0, 0.2, 0.5], treat: inMoreLight, isFace: settlesOnFace },
  // Smoothed shapes fool the detector, whatever its score: only the landmarks are believed.
  { margins: [0, 0.2, 0.5], treat: withoutGrain, isFace: (face) => face.unsteadiness <= STEADY },
]

interface Search {
  readonly margins: readonly number[]
  readonly treat: (picture: Picture) => Picture
  readonly isFace: (face: LocatedFace) => boolean
}

function inMoreLight(picture: Picture): Picture {
  return new Picture(spreadLight(picture.image))
}

function withoutGrain(picture: Picture): Picture {
  const lit = inMoreLight(picture)
  const smooth = new Picture(smoothGrain(lit))
  discard(lit)
  return smooth
}

/** Wipes a treated picture, which nobody else holds. */
function discard(picture: Picture): void {
  picture.wipeCopies()
  wipe(picture.image.data)
}

/** Places of a view that are looked at closely, best-scored first. */
const PLACES_PER_VIEW = 3

/** Unsteadiness that no place without a face comes below. */
const STEADY = 0.03
/** Unsteadiness up to which a search is over. */
const SETTLED = 0.025
/** Most unsteadiness of a face, by the least score of its detection: a profile or a mask unsettles the landmarks. */
const MOST_UNSTEADY = [
  { score: 0.9, unsteadiness: 0.3 },
  { score: 0.6, unsteadiness: 0.08 },
  { score: 0, unsteadiness: STEADY },
] as const
/** What an unsure detection must be steadier by to be preferred to a sure one of the same face. */
const UNSURE_HANDICAP = 0.015

export interface Portrait {
  readonly face: LocatedFace
  /** Other faces at least half as high: whose portrait is it? */
  readonly others: number
}

/**
 * Finds the face of a portrait, however it is cut or lit. A place that the detector is unsure of is believed when the
 * landmarks settle there, since they do so on faces only; a picture without a face gives `undefined`.
 */
export async function locateInPortrait(
  picture: Picture,
  detector: Detector,
  finder: LandmarkFinder,
  stages: StageClock,
): Promise<Portrait | undefined> {
  const isSure = (face: DetectedFace): boolean => face.score >= detector.model.minScore
  const penalty = (face: LocatedFace): number => face.unsteadiness + (isSure(face) ? 0 : UNSURE_HANDICAP)
  const people: LocatedFace[] = []
  for (const search of SEARCHES) {
    const shown = search.treat(picture)
    for (const margin of search.margins) {
      for (const face of await facesIn(shown, margin, detector, finder, stages)) {
        if (!search.isFace(face)) continue
        const known = people.findIndex((other) => isSamePlace(other, face))
        if (known < 0) people.push(face)
        else if (penalty(face) < penalty(people[known] as LocatedFace)) people[known] = face
      }
    }
    if (shown !== picture) discard(shown)
    if (people.some((face) => isSure(face) && face.unsteadiness <= SETTLED)) break
  }
  const sure = people.filter(isSure)
  const face = sure.length > 0 ? mostProminent(picture, sure) : steadiest(people)
  if (face === undefined) return undefined
  const others = sure.filter((other) => other !== face && boxHeight(other.box) >= boxHeight(face.box) / 2)
  stages.begin('landmarks')
  const settled = await finder.settle(picture, face.points)
  return { face: settled === undefined ? face : { ...face, points: fivePoints(settled) }, others: others.length }
}

function settlesOnFace(face: LocatedFace): boolean {
  return MOST_UNSTEADY.some((limit) => face.score >= limit.score && face.unsteadiness <= limit.unsteadiness)
}

async function facesIn(
  picture: Picture,
  margin: number,
  detector: Detector,
  finder: LandmarkFinder,
  stages: StageClock,
): Promise<readonly LocatedFace[]> {
  stages.begin('detect')
  const places = await detector.find(picture, viewOf(picture, margin), detector.model.minScoreTried)
  stages.begin('landmarks')
  const located: LocatedFace[] = []
  for (const place of places.slice(0, PLACES_PER_VIEW)) {
    const face = await locate(picture, place, finder, 3)
    if (face !== undefined) located.push(face)
  }
  return located
}

function isSamePlace(first: LocatedFace, second: LocatedFace): boolean {
  const apart = distance(mean(asList(first.points)), mean(asList(second.points)))
  return apart < Math.max(eyeSpan(first.points), eyeSpan(second.points))
}

/** The largest face, one at the rim counting for less than one in the middle. */
function mostProminent(picture: Picture, faces: readonly LocatedFace[]): LocatedFace | undefined {
  const middle = { x: picture.width / 2, y: picture.height / 2 }
  const prominence = (face: LocatedFace): number => {
    const off = distance(mean(asList(face.points)), middle) / Math.hypot(middle.x, middle.y)
    return eyeSpan(face.points) * (1 - 0.5 * off)
  }
  return [...faces].sort((first, second) => prominence(second) - prominence(first))[0]
}

function steadiest(faces: readonly LocatedFace[]): LocatedFace | undefined {
  return [...faces].sort((first, second) => first.unsteadiness - second.unsteadiness)[0]
}
