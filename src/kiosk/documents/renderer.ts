import { randomUUID } from 'node:crypto'
import type { RenderedDocument, ToShell } from '../../ipc/messages.ts'
import type { Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { ComposedDocument } from './compose.ts'

/** Why there is no PDF; `NO_ANSWER`: the shell is silent. */
export interface NotRendered {
  readonly code: 'NOT_RENDERED'
  readonly why: Extract<RenderedDocument, { ok: false }>['code'] | 'NO_ANSWER'
}

/** The shell gives a window 15 s and lets three others go first. */
const ANSWER_MS = 65_000

/** Asks the shell for PDFs and gives each answer to whoever asked. */
export class ShellRenderer {
  private readonly post: (message: ToShell) => void
  private readonly clock: Clock
  private readonly waiting = new Map<string, (outcome: Result<Uint8Array, NotRendered>) => void>()

  constructor(post: (message: ToShell) => void, clock: Clock) {
    this.post = post
    this.clock = clock
  }

  render(document: ComposedDocument): Promise<Result<Uint8Array, NotRendered>> {
    const id = randomUUID()
    return new Promise((resolve) => {
      const settle = (outcome: Result<Uint8Array, NotRendered>): void => {
        cancel()
        this.waiting.delete(id)
        resolve(outcome)
      }
      const cancel = this.clock.setTimer(ANSWER_MS, () => {
        settle(err({ code: 'NOT_RENDERED', why: 'NO_ANSWER' }))
      })
      this.waiting.set(id, settle)
      this.post({ type: 'render-document', document: { id, ...document } })
    })
  }

  /** The shell's answer; one nobody waits for any more is dropped. */
  receive(id: string, outcome: RenderedDocument): void {
    this.waiting.get(id)?.(outcome.ok ? ok(outcome.pdf) : err({ code: 'NOT_RENDERED', why: outcome.code }))
  }
}
