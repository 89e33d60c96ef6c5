/** 年度审验的状态 and what may follow each: the table is the state machine. */
export const REVIEW_STATUSES = {
  NOT_DUE: '未到期',
  DUE: '待审验',
  SUBMITTED: '已提交',
  CHECKING: '自动校验中',
  PASSED_AUTO: '校验通过',
  MANUAL_REVIEW: '人工复核',
  FAILED: '校验不通过',
  RECTIFY: '限期整改',
  REJECTED: '不合格',
  APPROVED: '审验合格',
  ENDORSED: '已签注',
  LOCKED: '业务锁定',
  OVERDUE: '逾期',
  CANCELLABLE: '逾期超限',
} as const
export type ReviewStatus = keyof typeof REVIEW_STATUSES

/**
 * `LOCKED` covers any active status and gives back the one it covered, so it appears as a target of all of them and
 * leads back to all of them; the record keeps which one it was.
 */
export const REVIEW_TRANSITIONS: Readonly<Record<ReviewStatus, readonly ReviewStatus[]>> = {
  NOT_DUE: ['DUE', 'LOCKED'],
  DUE: ['SUBMITTED', 'OVERDUE', 'LOCKED'],
  OVERDUE: ['SUBMITTED', 'CANCELLABLE', 'LOCKED'],
  SUBMITTED: ['CHECKING', 'LOCKED'],
  CHECKING: ['PASSED_AUTO', 'MANUAL_REVIEW', 'FAILED', 'LOCKED'],
  PASSED_AUTO: ['APPROVED', 'LOCKED'],
  MANUAL_REVIEW: ['APPROVED', 'RECTIFY', 'REJECTED', 'LOCKED'],
  FAILED: ['SUBMITTED', 'CANCELLABLE', 'LOCKED'],
  RECTIFY: ['SUBMITTED', 'REJECTED', 'CANCELLABLE', 'LOCKED'],
  REJECTED: [],
  APPROVED: ['ENDORSED', 'CANCELLABLE', 'LOCKED'],
  ENDORSED: [],
  LOCKED: [
    'NOT_DUE',
    'DUE',
    'OVERDUE',
    'SUBMITTED',
    'CHECKING',
    'PASSED_AUTO',
    'MANUAL_REVIEW',
    'FAILED',
    'RECTIFY',
    'APPROVED',
  ],
  CANCELLABLE: [],
}

export function mayReviewBecome(from: ReviewStatus, to: ReviewStatus): boolean {
  return REVIEW_TRANSITIONS[from].includes(to)
}
