/** 签注的状态 and what may follow each. Kiosk and centre share the table; the kiosk alone sees PRINTING and PRINTED. */
export const ENDORSEMENT_STATUSES = {
  AUTHORIZED: '已授权',
  PRINTING: '打印中',
  PRINTED: '已出证',
  CONFIRMED: '已确认',
  PRINT_FAILED: '打印失败',
  PRINT_UNKNOWN: '打印结果待核实',
  RELEASED: '已释放',
  VOIDED: '作废',
} as const
export type EndorsementStatus = keyof typeof ENDORSEMENT_STATUSES

/**
 * `PRINT_UNKNOWN` is left by the late report of the kiosk that held the authorization, or by a person's finding; never by time. `RELEASED` means: authorized, and it is known that no byte went to
 * a printer; the number is kept for the next authorization of the same review, so a review never has two live numbers.
 */
export const ENDORSEMENT_TRANSITIONS: Readonly<Record<EndorsementStatus, readonly EndorsementStatus[]>> = {
  AUTHORIZED: ['PRINTING', 'PRINT_FAILED', 'PRINT_UNKNOWN', 'CONFIRMED', 'RELEASED', 'VOIDED'],
  PRINTING: ['PRINTED', 'PRINT_FAILED', 'PRINT_UNKNOWN'],
  PRINTED: ['CONFIRMED'],
  CONFIRMED: [],
  PRINT_FAILED: ['AUTHORIZED', 'VOIDED'],
  PRINT_UNKNOWN: ['CONFIRMED', 'PRINT_FAILED', 'RELEASED', 'VOIDED'],
  RELEASED: ['AUTHORIZED'],
  VOIDED: [],
}

export function mayEndorsementBecome(from: EndorsementStatus, to: EndorsementStatus): boolean {
  return ENDORSEMENT_TRANSITIONS[from].includes(to)
}

/** What a kiosk reports about one authorization. `NOT_STARTED`: it expired or was given up before a byte was printed. */
export const PRINT_RESULTS = ['PRINTED', 'FAILED', 'UNKNOWN', 'NOT_STARTED'] as const
export type PrintResult = (typeof PRINT_RESULTS)[number]

/** `补打 第n次` on the paper of every attempt after the first; empty for the first. */
export function reprintMark(attempt: number): string {
  return attempt <= 1 ? '' : `补打 第${attempt - 1}次`
}

/** Whether a failed `attempt` (from 1) may be followed by another under `reprintLimit` (补打次数上限). */
export function mayReprint(attempt: number, reprintLimit: number): boolean {
  return attempt <= reprintLimit
}
