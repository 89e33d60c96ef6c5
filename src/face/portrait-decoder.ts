import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import { Lock } from '../lib/lock.ts'
import { err, ok, type Result } from '../lib/result.ts'

/**
 * The seam for a decoder of the ID card's portrait. The format of the 1024 bytes (WLT, GA 450) is licensed and no
 * part of this product: a site that holds the licence configures a command. It reads frames of a length (unsigned
 * 32 bits, big endian) and as many bytes on standard input, and answers each with one such frame on standard output:
 * a BMP or JPEG of 102×126 pixels, or an empty frame when it cannot decode the portrait.
 */
export interface PortraitDecoderCommand {
  readonly command: string
  readonly args: readonly string[]
  /** Longest wait for one answer, milliseconds. */
  readonly deadlineMs: number
}

export type DecoderProblem =
  /** No command is configured: the portrait registered at the centre is used instead. */
  | { readonly code: 'NOT_CONFIGURED' }
  /** The command could not be started, or ended before it answered. */
  | { readonly code: 'DECODER_GONE'; readonly detail: string }
  | { readonly code: 'DECODER_SILENT'; readonly afterMs: number }
  /** It announced more bytes than a portrait can have, or none it could be read from. */
  | { readonly code: 'DECODER_MISBEHAVED'; readonly detail: string }
  /** It says that this portrait is damaged. */
  | { readonly code: 'UNDECODABLE' }

/** Length of the photo record of a resident's card (GA 450). */
export const PORTRAIT_BYTES = 1024
/** A BMP of 102×126 pixels takes 38 610 bytes. */
const MOST_ANSWER_BYTES = 200_000

/**
 * Runs the configured command for each portrait and ends it afterwards, so that no picture outlives the visit in a
 * process that is not ours. One portrait at a time.
 */
export class PortraitDecoder {
  private readonly configured: PortraitDecoderCommand | undefined
  private readonly clock: Clock
  private readonly lock = new Lock()

  constructor(configured: PortraitDecoderCommand | undefined, clock: Clock) {
    this.configured = configured
    this.clock = clock
  }

  /** Decodes the card's photo record to the bytes of a BMP or JPEG file. The caller wipes them. */
  decode(record: Uint8Array): Promise<Result<Uint8Array, DecoderProblem>> {
    const { configured } = this
    if (configured === undefined) return Promise.resolve(err({ code: 'NOT_CONFIGURED' }))
    // The length comes from the card's own length field: another one is a fact of the world, not our bug.
    if (record.length !== PORTRAIT_BYTES) return Promise.resolve(err({ code: 'UNDECODABLE' }))
    return this.lock.run(() => this.runOnce(configured, record))
  }

  private async runOnce(
    configured: PortraitDecoderCommand,
    record: Uint8Array,
  ): Promise<Result<Uint8Array, DecoderProblem>> {
    const child = spawn(configured.command, configured.args, { stdio: 'pipe', windowsHide: true })
    try {
      const answer = await withDeadline(this.clock, configured.deadlineMs, () => converse(child, record))
      return answer.ok ? answer.value : err({ code: 'DECODER_SILENT', afterMs: configured.deadlineMs })
    } finally {
      child.kill('SIGKILL')
    }
  }
}

function converse(
  child: ChildProcessWithoutNullStreams,
  record: Uint8Array,
): Promise<Result<Uint8Array, DecoderProblem>> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const finish = (result: Result<Uint8Array, DecoderProblem>): void => {
      received.fill(0)
      received = Buffer.alloc(0)
      resolve(result)
    }
    child.on('error', (problem) => {
      finish(err({ code: 'DECODER_GONE', detail: problem.message }))
    })
    child.on('close', (code, signal) => {
      finish(err({ code: 'DECODER_GONE', detail: `ended with ${code ?? signal ?? 'nothing'}` }))
    })
    // A command that ends early breaks the pipe: 'close' names that, the write's own error says nothing more.
    child.stdin.on('error', () => undefined)
    child.stderr.resume()
    child.stdout.on('data', (chunk: Buffer) => {
      const joined = Buffer.concat([received, chunk])
      received.fill(0)
      received = joined
      const answer = readAnswer(received)
      if (answer !== undefined) finish(answer)
    })
    const length = Buffer.alloc(4)
    length.writeUInt32BE(record.length)
    child.stdin.write(length)
    child.stdin.write(record)
  })
}

/** The answer in `received`, or `undefined` while it is incomplete. */
function readAnswer(received: Buffer): Result<Uint8Array, DecoderProblem> | undefined {
  if (received.length < 4) return undefined
  const announced = received.readUInt32BE(0)
  if (announced === 0) return err({ code: 'UNDECODABLE' })
  if (announced > MOST_ANSWER_BYTES) return err({ code: 'DECODER_MISBEHAVED', detail: `announced ${announced} bytes` })
  if (received.length < 4 + announced) return undefined
  if (received.length > 4 + announced) return err({ code: 'DECODER_MISBEHAVED', detail: 'more bytes than announced' })
  return ok(Uint8Array.from(received.subarray(4)))
}
