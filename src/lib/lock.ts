/** First come, first served mutual exclusion for one conversation (a device, a database writer). */
export class Lock {
  private tail: Promise<void> = Promise.resolve()

  /** Runs `work` when everybody before it has finished, whether they succeeded or not. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.tail.then(work)
    this.tail = mine.then(
      () => undefined,
      () => undefined,
    )
    return mine
  }
}
