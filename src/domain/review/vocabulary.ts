/** The words in which an annual-review check speaks; kiosk, centre and contract share them. */

export const RULE_IDS = [
  ...(['R01', 'R02', 'R03', 'R04', 'R05', 'R06', 'R07', 'R08', 'R09'] as const),
  ...(['R10', 'R11', 'R12', 'R13', 'R14', 'R15', 'R16', 'R17', 'R18'] as const),
] as const
export type RuleId = (typeof RULE_IDS)[number]

/** UNAVAILABLE: the source did not answer. It never counts as passed and never locks. */
export const ITEM_RESULTS = {
  PASS: '通过',
  FAIL: '不通过',
  MANUAL: '需人工复核',
  UNAVAILABLE: '暂时无法核验',
  NOT_APPLICABLE: '不适用',
} as const
export type ItemResult = keyof typeof ITEM_RESULTS

/** What a failed item leads to. */
export const RULE_ACTIONS = {
  BLOCK: '不予签注',
  LOCK: '业务锁定',
  MANUAL: '转人工复核',
  WARN: '提醒',
  INFO: '提示',
} as const
export type RuleAction = keyof typeof RULE_ACTIONS

/** The columns of the check matrix. */
export const VEHICLE_CLASSES = {
  FREIGHT: '普通货运车辆',
  TRAILER: '挂车',
  DANGEROUS: '危险货物运输车辆',
  PASSENGER: '班车客车、包车客车、旅游客车',
} as const
export type VehicleClass = keyof typeof VEHICLE_CLASSES

/** What the whole check comes to. */
export const REVIEW_OUTCOMES = {
  READY: '可签注',
  SUBMITTABLE: '可申请审验',
  IN_PROGRESS: '审验办理中',
  NOT_DUE: '未到审验期',
  ALREADY_ENDORSED: '本期已签注',
  LOCKED: '业务锁定',
  BLOCKED: '审验不通过',
  MANUAL_REVIEW: '人工复核',
  UNAVAILABLE: '暂时无法核验',
  OVERDUE_LIMIT: '逾期超限',
  NOT_REQUIRED: '无需办理',
  OTHER_PROVINCE: '外省车辆',
} as const
export type ReviewOutcome = keyof typeof REVIEW_OUTCOMES

/** What a list of vehicles says of each. */
export const BADGE_KINDS = {
  ENDORSABLE: '可签注',
  DUE: '待审验',
  DUE_SOON: '即将到期',
  NOT_DUE: '未到期',
  OVERDUE: '逾期',
  OVERDUE_LIMIT: '逾期超限',
  LOCKED: '锁定',
  ENDORSED: '已签注',
  IN_REVIEW: '审核中',
  NOT_PASSED: '不通过',
  NOT_OPERATING: '非营运',
  NOT_REQUIRED: '无需年审',
  OTHER_PROVINCE: '外省车',
  UNAVAILABLE: '暂时无法核验',
} as const
export type BadgeKind = keyof typeof BADGE_KINDS
