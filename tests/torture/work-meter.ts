import { Session, type Profiler } from 'node:inspector'

/**
 * Counts what code does instead of how long it takes, so that a busy machine changes nothing: every block of code that V8
 * runs (its block coverage), and every byte or element that a built-in method goes over, which no block shows.
 */
export class WorkMeter {
  private readonly session = new Session()

  /** Puts the meter in; `close` takes it out. One at a time in a process. */
  constructor() {
    this.session.connect()
    this.post('Profiler.enable')
    this.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Blocks run and bytes gone over while `work` ran. */
  measure(work: () => void): number {
    this.blocks()
    const { bytes } = countBuiltIns(work)
    return this.blocks() + bytes
  }

  close(): void {
    this.post('Profiler.stopPreciseCoverage')
    this.session.disconnect()
  }

  /** Runs since the last call; V8 counts from zero each time. */
  private blocks(): number {
    const { result } = this.post('Profiler.takePreciseCoverage') as Profiler.TakePreciseCoverageReturnType
    let runs = 0
    for (const { functions } of result)
      for (const { ranges } of functions) for (const { count } of ranges) runs += count
    return runs
  }

  private post(method: string, params?: object): unknown {
    let answer: unknown
    // Called before `post` returns: the session is one of this thread.
    this.session.post(method, params, (error, given) => {
      if (error !== null) throw error
      answer = given
    })
    return answer
  }
}

type Method = (this: unknown, ...given: never[]) => unknown

/** Whether a method goes over what it is called on, over what it gives back, or up to the place it found. */
type GoesOver = 'itself' | 'result' | 'as far as found'

const TYPED = Object.getPrototypeOf(Uint8Array.prototype) as object

const METERED: readonly (readonly [object, string, GoesOver])[] = [
  ...(['slice', 'filter', 'map', 'toReversed'] as const).map((name) => [TYPED, name, 'result'] as const),
  ...(['copyWithin', 'fill', 'join', 'reduce', 'every', 'set'] as const).map(
    (name) => [TYPED, name, 'itself'] as const,
  ),
  ...(['indexOf', 'includes', 'lastIndexOf'] as const).map((name) => [TYPED, name, 'as far as found'] as const),
  ...(['indexOf', 'includes', 'lastIndexOf'] as const).map(
    (name) => [Buffer.prototype, name, 'as far as found'] as const,
  ),
  [Buffer.prototype, 'toString', 'result'],
  [Buffer, 'concat', 'result'],
  [Buffer, 'from', 'result'],
  [Uint8Array, 'from', 'result'],
  ...(['slice', 'concat', 'flatMap', 'map', 'filter'] as const).map(
    (name) => [Array.prototype, name, 'result'] as const,
  ),
  ...(['shift', 'splice', 'unshift', 'reduce', 'every'] as const).map(
    (name) => [Array.prototype, name, 'itself'] as const,
  ),
  ...(['slice', 'trim', 'split', 'replace'] as const).map((name) => [String.prototype, name, 'itself'] as const),
  [TextDecoder.prototype, 'decode', 'result'],
  [RegExp.prototype, 'test', 'result'],
]

function countBuiltIns(work: () => void): { readonly bytes: number } {
  let bytes = 0
  const restore = METERED.map(([on, name, goesOver]) => {
    const own = Object.getOwnPropertyDescriptor(on, name)
    const original = (on as Record<string, Method>)[name] as Method
    const metered = function (this: unknown, ...given: never[]): unknown {
      const result = original.apply(this, given)
      bytes += goneOver(goesOver, this, given, result)
      return result
    }
    Object.defineProperty(on, name, { value: metered, configurable: true, writable: true })
    return () => {
      if (own === undefined) Reflect.deleteProperty(on, name)
      else Object.defineProperty(on, name, own)
    }
  })
  try {
    work()
  } finally {
    for (const each of restore) each()
  }
  return { bytes }
}

function goneOver(goesOver: GoesOver, on: unknown, given: readonly unknown[], result: unknown): number {
  if (goesOver === 'itself') return lengthOf(on)
  // A buffer over memory that is there already is a view: nothing is copied.
  if (given[0] instanceof ArrayBuffer) return 1
  if (goesOver === 'result') return lengthOf(result)
  const from = typeof given[1] === 'number' ? given[1] : 0
  return typeof result === 'number' && result >= 0 ? result - from : lengthOf(on) - from
}

function lengthOf(thing: unknown): number {
  if (typeof thing === 'string') return thing.length
  return typeof thing === 'object' && thing !== null && 'length' in thing ? Number(thing.length) : 1
}
