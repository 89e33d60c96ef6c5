/** Where it is written down, for longer than a process lives, that a slip was begun and never seen finished. */
export interface LeftoverMemory {
  recall(): boolean
  /** Called before the first byte of every slip and when it is known to be whole; durable when it returns. */
  remember(left: boolean): void
}

/**
 * Whether paper under the head, or bytes in the printer's buffer, belong to a slip that was never seen finished: it would
 * come out in front of the next one, into the hands of somebody else.
 */
export class Leftover {
  private memory: LeftoverMemory | undefined
  private isLeft = false
  private wasTried = false

  /** Goes on with what an earlier process wrote down. */
  keepIn(memory: LeftoverMemory): void {
    this.memory = memory
    this.isLeft ||= memory.recall()
  }

  get left(): boolean {
    return this.isLeft
  }

  /** Nobody has tried to void it since the printer stopped: without this a printer that proves nothing would mark paper at every question. */
  get due(): boolean {
    return this.isLeft && !this.wasTried
  }

  /** Bytes are about to be sent. */
  begun(): void {
    this.wasTried = false
    this.set(true)
  }

  tried(): void {
    this.wasTried = true
  }

  /** The printer stopped again: it is worth another try when it is mended. */
  again(): void {
    this.wasTried = false
  }

  over(): void {
    this.set(false)
  }

  private set(left: boolean): void {
    if (left === this.isLeft) return
    this.isLeft = left
    this.memory?.remember(left)
  }
}
