import type { CertificatePrinter, RulerFailure } from '../../drivers/certificate-printer/device.ts'
import { STATE_MEANINGS } from '../../drivers/certificate-printer/status.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import { err, ok } from '../../lib/result.ts'
import type { RulerPage } from './rooms.ts'

/** The ruler page of S96, printed by the site's certificate printer. */
export function rulerPage(printer: CertificatePrinter): RulerPage {
  return {
    pageMm: printer.pageMm,
    async print(trial, signal, tell) {
      const stages = { insert: 'INSERT', printing: 'PRINTING' } as const
      const printed = await printer.printRuler(trial, signal, (stage) => tell(stages[stage]))
      return printed.ok ? ok() : err({ code: printed.error.code, words: wordsOf(printed.error) })
    },
  }
}

function wordsOf(failure: RulerFailure): TextRef {
  switch (failure.code) {
    case 'CANCELLED':
      return text('console.ruler.cancelled')
    case 'TIMED_OUT':
      return text(failure.state === 'UNREPORTED' ? 'console.ruler.cannotTell' : 'console.ruler.noPage')
    case 'FAULT':
      return text(STATE_MEANINGS[failure.state].textKey)
    case 'NOT_STARTED':
      return failure.state === 'NO_DOCUMENT' || failure.state === 'NOT_SET_UP'
        ? text('console.ruler.noPage')
        : text(STATE_MEANINGS[failure.state].textKey)
    case 'WRONG_DOCUMENT':
    case 'STOPPED':
      return text('console.ruler.stopped')
    case 'PROOF_UNKNOWN':
      return text('console.ruler.unknown')
  }
}
