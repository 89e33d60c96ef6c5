import { err, ok } from '../../lib/result.ts'
import type { SelfTest, SelfTestFailure, SelfTestPass } from '../self-test.ts'
import type { CertificatePrinter, CertificatePrinterStatus, RulerFailure } from './device.ts'

/** How long a technician is given to put a page in and to take it out, milliseconds. */
const HANDS_MS = 60_000

/** The self-tests of a certificate printer. Only the ruler page puts ink on anything, on a page put in for it. */
export function certificatePrinterTests(printer: CertificatePrinter): readonly SelfTest[] {
  return [stateTest(printer), ejectTest(printer), rulerTest(printer)]
}

/** It answers and says that it works. A document in it is no fault of the printer. */
function stateTest(printer: CertificatePrinter): SelfTest {
  return {
    id: 'state',
    run: async () => {
      const status = await printer.status()
      const sound = status.usable || status.state === 'DOCUMENT_EJECTED'
      return sound ? ok<SelfTestPass>({ measured: { state: status.state } }) : err(notSound(status))
    },
  }
}

/** A page is put in, given back and taken: sensor, feed and ejection, without a print. */
function ejectTest(printer: CertificatePrinter): SelfTest {
  return {
    id: 'eject',
    run: async (call) => {
      const { signal } = call
      call.say('insertTestPage')
      const found = await printer.waitForDocument(signal, HANDS_MS)
      if (!found.ok)
        return err(
          found.error.code === 'FAULT'
            ? { key: 'deviceFault', detail: found.error.state }
            : { key: found.error.code === 'CANCELLED' ? 'cancelled' : 'noPage', detail: found.error.code },
        )
      if (!found.value.seen && !(await call.ask('pageIsIn')))
        return err({ key: 'noPage', detail: 'the technician says no' })
      const ejected = await printer.eject()
      if (!ejected.ok) return err({ key: 'deviceFault', detail: ejected.error })
      if (!found.value.seen && !(await call.ask('pageCameOut')))
        return err({ key: 'notEjected', detail: 'the technician says no' })
      call.say('takeTestPage')
      const taken = await printer.waitForRemoval(signal, HANDS_MS)
      if (taken.ok) return ok<SelfTestPass>({ measured: { sensor: found.value.seen ? 'seen' : 'not reported' } })
      if (taken.error.code === 'FAULT') return err({ key: 'deviceFault', detail: taken.error.state })
      return err({ key: taken.error.code === 'CANCELLED' ? 'cancelled' : 'pageNotTaken', detail: taken.error.code })
    },
  }
}

/** The ruler page with the site's calibration: do its marks lie where they say? */
function rulerTest(printer: CertificatePrinter): SelfTest {
  return {
    id: 'ruler',
    run: async (call) => {
      const { dxMm, dyMm } = printer.calibration
      const printed = await printer.printRuler(
        { dxMm, dyMm },
        call.signal,
        (stage) => stage === 'insert' && call.say('insertTestPage'),
        () => call.ask('pageIsIn'),
      )
      // A model that proves nothing prints all the same: eyes have the last word.
      if (!printed.ok && !isUnproved(printed.error)) return err(notPrinted(printed.error))
      call.say('takeTestPage')
      return (await call.ask('rulerFits'))
        ? ok<SelfTestPass>({ measured: { dxMm, dyMm, proof: printed.ok ? printed.value.method : 'none' } })
        : err({ key: 'rulerOff', detail: 'the technician says that the marks do not lie where they say' })
    },
  }
}

function isUnproved(failure: RulerFailure): boolean {
  return failure.code === 'PROOF_UNKNOWN' && failure.why === 'MODEL_CANNOT_PROVE'
}

function notPrinted(failure: RulerFailure): SelfTestFailure {
  switch (failure.code) {
    case 'CANCELLED':
      return { key: 'cancelled', detail: failure.code }
    case 'TIMED_OUT':
      return { key: 'noPage', detail: failure.code }
    case 'FAULT':
      return { key: 'deviceFault', detail: failure.state }
    case 'NOT_STARTED':
      return failure.state === 'NO_DOCUMENT' || failure.state === 'NOT_SET_UP'
        ? { key: 'noPage', detail: failure.state }
        : { key: 'deviceFault', detail: failure.state }
    case 'WRONG_DOCUMENT':
      return { key: 'rulerNotPrinted', detail: failure.code }
    case 'STOPPED':
      return { key: 'deviceFault', detail: failure.state }
    case 'PROOF_UNKNOWN':
      return { key: 'rulerNotPrinted', detail: failure.why }
  }
}

function notSound({ state, remedy }: CertificatePrinterStatus): SelfTestFailure {
  return { key: 'deviceFault', detail: `${state}: ${remedy}` }
}
