import type { CentralError } from '../../../central/client/central-error.ts'
import type { Problem } from '../../../central/contract/problem.ts'
import type { Trouble, TroubleCode } from '../../visit/trouble.ts'

/** What a failed call to the centre means to the citizen. */
export function centreTrouble(error: CentralError): Trouble {
  switch (error.code) {
    case 'UNREACHABLE':
      return { code: 'CENTRE_UNREACHABLE', detail: error.detail }
    case 'TIMED_OUT':
      return { code: 'CENTRE_SLOW', detail: `no answer within ${error.afterMs} ms` }
    case 'CENTRE_DOWN':
      return { code: 'CENTRE_DOWN', detail: `HTTP ${error.status}` }
    case 'NONSENSE':
      return { code: 'CENTRE_NONSENSE', detail: error.detail }
    case 'CLOCK_SKEW':
      return { code: 'CLOCK_SKEW', detail: `offset ${error.offsetMs} ms` }
    case 'NOT_ENROLLED':
      return { code: 'NOT_ENROLLED', detail: error.reason }
    case 'REFUSED':
      return refusal(error.problem)
  }
}

/** Refusals that have their own words for the citizen; every other one is `CENTRE_REFUSED` with its code for the technician. */
const spoken: Partial<Record<Problem['code'], TroubleCode>> = {
  IDENTIFICATION_EXPIRED: 'IDENTIFICATION_EXPIRED',
  NOT_VERIFIED: 'IDENTIFICATION_EXPIRED',
  VERIFICATION_EXHAUSTED: 'SMS_TOO_MANY',
  CERTIFICATE_MISMATCH: 'WRONG_CERTIFICATE',
  NO_PHONE: 'NO_PHONE',
  EXPECTATION_CHANGED: 'REVIEW_CHANGED',
  REVIEW_NOT_READY: 'REVIEW_CHANGED',
  REVIEW_NOT_SUBMITTABLE: 'REVIEW_CHANGED',
  PRINT_UNRESOLVED: 'PRINT_UNKNOWN',
  REPRINT_LIMIT: 'VOIDED',
  CLOCK_SKEW: 'CLOCK_SKEW',
  SOURCE_UNAVAILABLE: 'CENTRE_DOWN',
  INTERNAL: 'CENTRE_DOWN',
}

function refusal(problem: Problem): Trouble {
  if (problem.code === 'ALREADY_ENDORSED' || problem.code === 'AUTHORIZED_ELSEWHERE') {
    return { code: problem.code, params: { kiosk: problem.kioskName } }
  }
  if (problem.code === 'RATE_LIMITED') {
    return { code: 'PLATE_QUERY_LIMITED', params: { seconds: problem.retryAfterSeconds } }
  }
  return { code: spoken[problem.code] ?? 'CENTRE_REFUSED', detail: problem.code }
}
