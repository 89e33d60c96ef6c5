import type { ReviewLock } from '../../contract/review.ts'
import { maskCaseNo, payCodeTail } from '../../../domain/mask.ts'
import { amountDue } from '../../../domain/surcharge.ts'
import type { LocalDate } from '../../../domain/local-date.ts'
import type { OpenCase } from '../sources/shared-records.ts'
import type { GatheredFacts } from './review-facts.ts'

/** Where the non-tax payment platform of a province shows a bill by its 缴款识别码. Demo address. */
const PAY_URL = 'https://pay.example.gov.cn/bill/'

/** S06: who locked, why, whom to call, and how to pay where there is a fine. A case and its own lock are one entry. */
export function lockViews({ locks, openCases, facts }: GatheredFacts): ReviewLock[] {
  const cases = openCases.state === 'UP' ? openCases.value : []
  const known = new Set(cases.map(({ caseNo }) => caseNo))
  return [
    ...cases.map((openCase) => caseView(openCase, facts.today)),
    ...locks
      .filter(({ caseNo }) => caseNo === null || !known.has(caseNo))
      .map((lock): ReviewLock => ({
        authority: lock.authority,
        reasonText: lock.reason,
        caseNoMasked: lock.caseNo === null ? null : maskCaseNo(lock.caseNo),
        contact: lock.contact,
        subject: lock.subject,
        businessTypes: [...lock.businessTypes],
        payment: null,
      })),
  ]
}

function caseView(openCase: OpenCase, today: LocalDate): ReviewLock {
  return {
    authority: openCase.authority,
    reasonText: openCase.cause,
    caseNoMasked: maskCaseNo(openCase.caseNo),
    contact: openCase.contact,
    subject: openCase.subject,
    businessTypes: ['ANNUAL_REVIEW', 'CERTIFICATE_REPLACEMENT'],
    payment: paymentOf(openCase, today),
  }
}

function paymentOf({ fine, payCode, deliveredOn }: OpenCase, today: LocalDate): ReviewLock['payment'] {
  if (fine === null || payCode === null || deliveredOn === null) return null
  const due = amountDue({ fine, deliveredOn, payOn: today })
  return {
    payCodeLast4: payCodeTail(payCode),
    payUrl: `${PAY_URL}${payCode}`,
    fineCents: due.fine,
    surchargeCents: due.surcharge,
    totalCents: due.total,
    dueOn: due.dueOn,
  }
}
