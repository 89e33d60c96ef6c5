/** Counts how often what a device says has changed lately. */
export class FlapCount {
  private readonly windowMs: number
  private readonly changes: number[] = []
  private word: string | undefined
  private saidSince = 0

  constructor(windowMs: number) {
    this.windowMs = windowMs
  }

  /** @param at monotonic milliseconds */
  say(word: string, at: number): void {
    if (word !== this.word) {
      if (this.word !== undefined) this.changes.push(at)
      this.word = word
      this.saidSince = at
    }
    while (this.changes[0] !== undefined && this.changes[0] <= at - this.windowMs) this.changes.shift()
  }

  /** Changes within the window that ends with the last word. */
  get count(): number {
    return this.changes.length
  }

  /** For how long the last word has stood. */
  steadyFor(at: number): number {
    return at - this.saidSince
  }

  /** What was is forgiven. */
  forget(): void {
    this.changes.length = 0
  }
}
