import type { Result } from '../lib/result.ts'

/**
 * A test of one device that a technician starts: from the console or with `npm run device -- test`. Each device exports
 * its own from `src/drivers/<device>/self-test.ts`, built around the device's verbs. No test reads, shows or keeps what
 * is on a citizen's card.
 */
export interface SelfTest {
  /** `print-page`, `read-card`: unique within the device. Its title is `selfTest.<device>.<id>` in the text file. */
  readonly id: string
  run(call: SelfTestCall): Promise<Result<SelfTestPass, SelfTestFailure>>
}

export interface SelfTestCall {
  readonly signal: AbortSignal
  /** Tells the technician what to do now (`selfTest.say.<key>`): put the test card down, show a code. */
  say(key: string): void
  /** Asks what only eyes can tell (`selfTest.ask.<key>`): is the page sharp? */
  ask(key: string): Promise<boolean>
}

export interface SelfTestPass {
  /** What was measured, for the report: `readMs: 120`, `columns: 48`. Never personal. */
  readonly measured: Readonly<Record<string, string | number>>
}

export interface SelfTestFailure {
  /** Key of the words (`selfTest.failed.<key>`), and the code in JSON. */
  readonly key: string
  /** For the technician, in English; never personal. */
  readonly detail: string
}
