import type { VisitId } from '../../../central/contract/fields.ts'
import type { Review } from '../../../central/contract/review.ts'
import type { CertificatePrinter } from '../../../drivers/certificate-printer/device.ts'
import type { CertificatePrinterState } from '../../../drivers/certificate-printer/status.ts'
import type { CardReader } from '../../../drivers/id-card/device.ts'
import type { ReceiptPrinter } from '../../../drivers/receipt-printer/device.ts'
import { isFault as isReceiptFault } from '../../../drivers/receipt-printer/status.ts'
import type { Scanner } from '../../../drivers/scanner/device.ts'
import type { Ups } from '../../../drivers/ups/device.ts'
import { localDate } from '../../../domain/local-date.ts'
import { decodeScannedCode, type ScannedCode } from '../../../domain/scanned/code.ts'
import { isAborted } from '../../../lib/aborted.ts'
import type { Clock } from '../../../lib/clock.ts'
import { reveal, type Log } from '../../../lib/log.ts'
import { err, expectOk, ok, type Result } from '../../../lib/result.ts'
import type { VisitOutcome as StoredOutcome } from '../../../store/visits.ts'
import { mustWrite } from '../../../store/must.ts'
import type { Store } from '../../../store/store.ts'
import type { Courier } from '../../outbox/courier.ts'
import { mayBeUnknownPage } from '../../unknown-page.ts'
import type { VisitEvent } from '../../visit/events.ts'
import type { VisitActors, VisitOutcome } from '../../visit/machine.ts'
import type { CheckedReview, Identified, PresentedCard } from '../../visit/model.ts'
import type { Trouble } from '../../visit/trouble.ts'
import { watchForCard, type CardRules } from './card.ts'
import { consentText } from './consent.ts'
import type { FaceWatch } from './face-watch.ts'
import type { Identity } from './identity.ts'
import type { Reviews } from './reviews.ts'
import type { EndorsementSaga } from './saga.ts'
import type { Slips } from './slips.ts'

export interface HandsOptions {
  readonly reader: CardReader
  readonly scanner: Scanner | null
  readonly receiptPrinter: ReceiptPrinter
  readonly certificatePrinter: CertificatePrinter
  /** Null where a site has none: such a kiosk goes out with the mains. */
  readonly ups: Ups | null
  readonly identity: Identity
  readonly face: FaceWatch
  readonly reviews: Reviews
  /** Whether the row that would be printed can be printed here. */
  readonly checkRow: (review: Review) => Promise<Result<void, Trouble>>
  readonly saga: EndorsementSaga
  readonly slips: Slips
  readonly courier: Courier
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly cardRules: CardRules
  /** Tells the statechart what happens while a promise is under way. */
  readonly report: (event: VisitEvent) => void
}

/** How long the certificate may take to arrive in the printer, and to be taken out of it, in milliseconds. */
const INSERT_MS = 60_000
const TAKE_MS = 60_000
/** One question to the scanner: short, so that one which missed its cancellation does not outlast the next visit's start. */
const SCAN_MS = 2_000

/** The hands of the annual-review service: what the statechart asks for, done with devices, centre and store. */
export function annualReviewHands(options: HandsOptions): VisitActors {
  const { reader, scanner, identity, face, reviews, saga, slips, store, clock, log, cardRules } = options
  let card: PresentedCard | null = null
  let identified: Identified | null = null
  let certificateAsked = false
  /** The scanner takes one question at a time: the next watch begins when the last has really ended. */
  let scanning: Promise<void> = Promise.resolve()

  const forgetPerson = (person: Identified): Promise<void> => {
    if (person.portrait) wipe(reveal(person.portrait))
    return identity.forget(person)
  }

  /** A review that the rules refuse is witnessed with the rules that did. */
  const witnessed = (answer: Result<CheckedReview, Trouble>): Result<CheckedReview, Trouble> => {
    if (!answer.ok) return answer
    const { reviewId, outcome, items } = reviews.original(answer.value)
    if (!refusals.has(outcome)) return answer
    const rules = items.filter(({ result }) => result === 'FAIL').map(({ ruleId }) => ruleId)
    mustWrite(store, (tx) =>
      tx.audit.append({
        actor: 'centre',
        action: 'review.refused',
        target: reviewId,
        result: 'REFUSED',
        detail: { outcome, rules: rules.join(' ') },
      }),
    )
    return answer
  }

  return {
    readCard: ({ visitId, method }, tell, signal) => {
      scanner?.forget()
      mustWrite(store, (tx) => {
        if (tx.visits.find(visitId) !== undefined) return
        tx.visits.begin(visitId)
        const result = method === 'FACE' ? 'OK' : 'REFUSED'
        const detail = { text: consentText() }
        tx.audit.append({ actor: 'citizen', action: 'consent.face', target: visitId, result, detail })
      })
      void watchForCard(reader, clock, log, cardRules, tell, signal)
    },

    identify: async ({ visitId, card: presented }, signal) => {
      card = presented
      const answer = await identity.identify(visitId, presented)
      if (!answer.ok) return answer
      // She has left meanwhile: nobody is there to whom it could belong.
      if (isAborted(signal)) await forgetPerson(answer.value)
      else identified = answer.value
      return answer
    },

    prepareFace: ({ identified: person }) => face.prepare(person),
    watchFace: (_, tell, signal) => face.watch(tell, signal),
    reportFace: async ({ visitId, identified: person, decision, attempt }) => {
      mustWrite(store, (tx) =>
        tx.audit.append({
          actor: 'kiosk',
          action: 'face.decided',
          target: visitId,
          result: decision.result === 'PASS' ? 'OK' : 'REFUSED',
          detail: { attempt, band: decision.scoreBand, algorithm: decision.algorithmVersion },
        }),
      )
      return identity.reportFace(person, decision)
    },

    watchScanner: (_, tell, signal) => {
      if (scanner !== null) scanning = scanning.then(() => watchScanner({ scanner, log }, tell, signal))
    },
    sendSms: ({ identified: person, certificateCode }) => identity.sendSms(person, certificateCode),
    checkSms: ({ identified: person, challenge, sms }) => identity.checkSms(person, challenge, sms),

    listVehicles: ({ identified: person }) => reviews.list(person),
    queryPlate: ({ plateNo, plateColor }) => reviews.publicStatus(plateNo, plateColor),
    checkReview: async ({ visitId, identified: person, vehicle }) =>
      witnessed(await reviews.check(visitId, person, vehicle)),
    submitReview: async ({ review }, signal) => witnessed(await reviews.submit(review, signal)),
    printList: ({ review, slip }) => {
      const original = reviews.original(review)
      return slip === 'FAILURES' ? slips.printNotPassed(original) : slips.printAccepted(original)
    },

    authorize: async ({ visitId, review }, signal) => {
      const ready = await preflight(options, signal)
      if (!ready.ok) return ready
      if (review.next.kind !== 'ENDORSE' || card === null || identified === null) throw new Error('nothing to endorse')
      const original = reviews.original(review)
      const printable = await options.checkRow(original)
      if (!printable.ok) return printable
      const free = await freeSlot(options)
      if (!free.ok) return free
      return saga.authorize({
        visitId: visitId as VisitId,
        review: original,
        validUntil: localDate(review.next.offer.newValidUntil),
        subjectHash: store.subjectHash(card.idNumber),
        subjectMasked: identified.personMasked,
      })
    },
    reauthorize: async ({ authorized }, signal) => {
      const ready = await preflight(options, signal)
      return ready.ok ? saga.reauthorize(authorized) : ready
    },
    awaitCertificate: (_, tell, signal) => {
      certificateAsked = true
      void awaitCertificate(options, tell, signal)
    },
    printEndorsement: ({ authorized }) =>
      saga.print(authorized, (step) => options.report({ type: 'PRINT_STEP', step })),
    release: ({ authorized }) => saga.release(authorized),
    printReceipt: ({ authorized, review }) => slips.printEndorsed(reviews.original(review), authorized),
    watchTaking: (_, tell, signal) => void watchTaking(options, tell, signal),

    rate: async ({ visitId, stars }) => {
      mustWrite(store, (tx) => {
        tx.ratings.rate(visitId, stars as 1 | 2 | 3 | 4 | 5)
        const rating = { visitId: visitId as VisitId, score: stars, at: clock.now() }
        const letter = { kind: 'rating', rating } as const
        tx.outbox.add({ aggregate: visitId, kind: letter.kind, payload: letter, idempotencyKey: `rating:${visitId}` })
      })
      await options.courier.round()
    },

    endVisit: async ({ visitId, outcome, method }) => {
      saga.leave(visitId)
      void options.courier.round()
      reviews.forget()
      scanner?.forget()
      if (card !== null) wipe(reveal(card.chipPortrait))
      const leaving = identified
      // After an unknown print the paper stays where it is: a person has to look at it.
      if (certificateAsked && outcome !== 'PRINT_UNKNOWN') await giveBack(options)
      certificateAsked = false
      card = null
      identified = null
      await Promise.all([face.forget(), leaving === null ? undefined : forgetPerson(leaving)])
      mustWrite(store, (tx) => {
        if (tx.visits.find(visitId) !== undefined) tx.visits.end(visitId, storedOutcomes[outcome], method)
      })
      const checkpoint = expectOk(store.checkpoint(), 'store cannot be written')
      log.info('visit.ended', { visitId, outcome, truncated: checkpoint.truncated })
    },
  }
}

const refusals: ReadonlySet<Review['outcome']> = new Set(['BLOCKED', 'LOCKED', 'OVERDUE_LIMIT'])

const storedOutcomes: Readonly<Record<VisitOutcome, StoredOutcome>> = {
  ENDORSED: 'COMPLETED',
  LEFT: 'LEFT',
  INFORMED: 'REFUSED',
  EXPIRED_IDLE: 'TIMED_OUT',
  EXPIRED_TOTAL: 'TIMED_OUT',
  PRINT_UNKNOWN: 'FAILED',
  VOIDED: 'FAILED',
}

function wipe(bytes: Uint8Array): void {
  bytes.fill(0)
}

/** No authorization is asked for while a printer cannot print (scenario 21), or on battery. */
async function preflight(options: HandsOptions, signal: AbortSignal): Promise<Result<void, Trouble>> {
  const { certificatePrinter, receiptPrinter, ups } = options
  const [certificate, receipt, supply] = await Promise.all([
    certificatePrinter.status(),
    receiptPrinter.status(),
    ups?.supply(signal) ?? 'MAINS',
  ])
  if (supply !== 'MAINS') return err({ code: 'POWER_ON_UPS', detail: supply })
  // A page that lies given back in the slot is asked for at the next step, as any other.
  if (!certificate.usable && certificate.state !== 'DOCUMENT_EJECTED')
    return err({ code: 'CERTIFICATE_PRINTER_FAULT', detail: certificate.state })
  if (isReceiptFault(receipt.state)) return err({ code: 'RECEIPT_PRINTER_FAULT', detail: receipt.state })
  return ok()
}

/**
 * What lies in the printer before anybody was asked for it may be somebody else's and comes out; but a page whose row is
 * unknown is for two people to look at, and nobody else's to take.
 */
async function freeSlot(options: HandsOptions): Promise<Result<void, Trouble>> {
  const { state } = await options.certificatePrinter.status()
  if (mayBeUnknownPage(options.store, state))
    return err({ code: 'CERTIFICATE_PRINTER_FAULT', detail: 'UNKNOWN_PAGE_INSIDE' })
  await giveBack(options, state)
  return ok()
}

/**
 * A certificate that was drawn in and is not wanted comes out again; the next visit must not print on it. `known` is what
 * the printer has just said; it is asked where nobody has.
 */
async function giveBack({ certificatePrinter, log }: HandsOptions, known?: CertificatePrinterState): Promise<void> {
  const state = known ?? (await certificatePrinter.status()).state
  if (state !== 'DOCUMENT_IN') return
  const ejected = await certificatePrinter.eject()
  log.info('certificate.given-back', { outcome: ejected.ok ? 'OK' : ejected.error })
}

async function watchScanner(
  { scanner, log }: { readonly scanner: Scanner; readonly log: Log },
  tell: (event: VisitEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const scan = await scanner.read(signal, SCAN_MS)
    if (isAborted(signal)) return
    if (scan.ok) {
      const scanned = decodeScannedCode(scan.value.text)
      log.info('scanner.meaning', { kind: scanned.kind })
      tell({ type: 'SCANNED', code: certificateCodeOf(scanned) })
      return
    }
    // Nothing shown, or something unreadable: the keyboard on the screen stays the other way.
    if (scan.error.code === 'PORT') return
  }
}

/** The number or check code of a certificate; empty, and so refused as a wrong one, for everything else shown. */
function certificateCodeOf(scanned: ScannedCode): string {
  if (scanned.kind === 'CERTIFICATE') return scanned.certificateNo
  if (scanned.kind === 'CERTIFICATE_CHECK_CODE') return scanned.checkCode
  return scanned.kind === 'VEHICLE' ? (scanned.certificateNo ?? '') : ''
}

async function awaitCertificate(
  options: HandsOptions,
  tell: (event: VisitEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const found = await options.certificatePrinter.waitForDocument(signal, INSERT_MS)
  if (signal.aborted) return
  const supply = found.ok ? await options.ups?.supply(signal) : undefined
  if (isAborted(signal)) return
  // A row that the battery does not outlast would stop in the middle; one that it does is finished.
  if (supply === 'BATTERY_ENDING') {
    await giveBack(options)
    if (!isAborted(signal))
      tell({ type: 'CERTIFICATE_FAILED', trouble: { code: 'POWER_ON_UPS', detail: 'BATTERY_ENDING' } })
    return
  }
  if (found.ok) {
    // Without a sensor only the person knows; text without a document would go onto the platen.
    tell({ type: found.value.seen ? 'CERTIFICATE_IN' : 'CERTIFICATE_UNSEEN' })
    return
  }
  if (found.error.code === 'CANCELLED') return
  const trouble: Trouble =
    found.error.code === 'TIMED_OUT'
      ? { code: 'CERTIFICATE_NOT_INSERTED' }
      : { code: 'CERTIFICATE_PRINTER_FAULT', detail: found.error.state }
  tell({ type: 'CERTIFICATE_FAILED', trouble })
}

/** Ticks off what the machine can see leaving: the certificate in the printer and the card on the reader. */
async function watchTaking(
  options: HandsOptions,
  tell: (event: VisitEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const certificate = options.certificatePrinter.waitForRemoval(signal, TAKE_MS).then((gone) => {
    if (gone.ok && gone.value.seen && !signal.aborted) tell({ type: 'ITEM_TAKEN', item: 'CERTIFICATE' })
  })
  const idCard = options.reader.waitForRemoval(signal, TAKE_MS).then((gone) => {
    if (gone.ok && !signal.aborted) tell({ type: 'ITEM_TAKEN', item: 'ID_CARD' })
  })
  await Promise.all([certificate, idCard])
}
