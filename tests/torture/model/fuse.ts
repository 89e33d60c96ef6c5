/** Where something can go wrong: before a transaction, around a call to the centre, while ink is on its way. */
export type Point = 'STORE' | 'CALL' | 'INK'

/** What goes wrong there. Without a word the process dies just before the point. */
export type Mishap =
  | 'DIES'
  /** The question never reaches the centre. */
  | 'LOST'
  /** The centre has answered and nobody heard it; the kiosk goes on, or is dead. */
  | 'UNHEARD'
  | 'DIES_UNHEARD'
  | 'JAM'
  /** The printer says nothing, with a whole row or with none on the page; or the process dies at it. */
  | 'SILENT_WHOLE'
  | 'SILENT_NONE'
  | 'DIES_WHOLE'
  | 'DIES_NONE'

export const MISHAPS: Readonly<Record<Point, readonly Mishap[]>> = {
  STORE: ['DIES'],
  CALL: ['LOST', 'UNHEARD', 'DIES_UNHEARD'],
  INK: ['JAM', 'SILENT_WHOLE', 'SILENT_NONE', 'DIES_WHOLE', 'DIES_NONE'],
}

/** One mishap at the `at`-th point of an action, counted from 0. */
export interface Misfortune {
  readonly at: number
  readonly what: Mishap
}

/** Counts the points an action comes to, and strikes at the one it was set to. */
export class Fuse {
  readonly met: Point[] = []
  private readonly misfortune: Misfortune | null

  constructor(misfortune: Misfortune | null) {
    this.misfortune = misfortune
  }

  meet(point: Point): Mishap | null {
    this.met.push(point)
    return this.misfortune?.at === this.met.length - 1 ? this.misfortune.what : null
  }
}
