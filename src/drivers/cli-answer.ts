import { failed, type VerbAnswer } from './cli-verb.ts'

/** Prints the one object, and nothing after it. */
export class OneAnswer {
  private printed: VerbAnswer | undefined

  print(answer: VerbAnswer): void {
    if (this.printed) return
    this.printed = answer
    process.stdout.on('error', () => undefined)
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }

  /** Ends the process once the object has left it; a reader who does not read is not waited for. */
  exit(answer: VerbAnswer): void {
    this.print(answer)
    process.exitCode = answer.ok ? 0 : 1
    const leave = (): never => process.exit()
    setTimeout(leave, 1000)
    process.stdout.write('', leave)
  }

  /** From now on also a bug ends in an object. */
  answerForCrashes(): void {
    const crash = (cause: unknown): void => {
      process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`)
      this.exit(failed('INTERNAL', cause instanceof Error ? cause.message : String(cause)))
    }
    process.on('uncaughtException', crash)
    process.on('unhandledRejection', crash)
  }
}
