import type { CheckItemView, Problem, RowPreview, VehicleView, View } from '../../src/ipc/snapshot.ts'
import { text } from '../../src/ipc/text.ts'
import { consoleFixtures } from './console-fixtures.ts'
import { MOMENT, shot, type Fixture } from './shot.ts'

const plate = (
  id: string,
  plateNo: string,
  plateColor: VehicleView['plateColor'],
  plateColorName: string,
): VehicleView => ({ id, plateNo, plateColor, plateColorName })

const truck = plate('v1', '粤B12345', '2', '黄色')

const services: Extract<View, { screen: 'S00' }>['tiles'][number][] = [
  'annual-review',
  'review-result',
  'driver-documents',
  'penalty-payment',
  'public-query',
  'guide',
].map((id) => ({
  id,
  title: text(`service.${id}.title`),
  hint: text(`service.${id}.hint`),
  closed: id === 'annual-review' ? null : text('closed.NOT_OPEN'),
  main: id === 'annual-review',
}))

const vehicles: Extract<View, { screen: 'S04' }>['vehicles'] = [
  {
    ...truck,
    reviewValidUntil: '2026-12-31',
    badge: { tone: 'good', label: text('badge.ENDORSABLE') },
    note: null,
  },
  {
    ...plate('v2', '粤BD12345', '94', '渐变绿'),
    reviewValidUntil: '2027-08-31',
    badge: { tone: 'info', label: text('badge.NOT_DUE') },
    note: text('plain', { text: '您的车辆审验有效期至2027年08月31日，可于2027年06月02日起办理' }),
  },
  {
    ...plate('v3', '粤A1234挂', '2', '黄色'),
    reviewValidUntil: '2026-11-08',
    badge: { tone: 'warning', label: text('badge.OVERDUE', { n: 15 }) },
    note: text('plain', { text: '已逾期15天，请尽快办理' }),
  },
  {
    ...plate('v4', '粤B67890', '1', '蓝色'),
    reviewValidUntil: '2026-12-20',
    badge: { tone: 'bad', label: text('badge.LOCKED') },
    note: text('plain', { text: '该车辆存在未处理的行政处罚案件（云运罚〔2026〕*****18号），办结后可继续办理' }),
  },
]

const moreVehicles: typeof vehicles = [
  ...vehicles,
  {
    ...plate('v5', '粤B23456D', '93', '黄绿色'),
    reviewValidUntil: null,
    badge: { tone: 'unknown', label: text('badge.UNAVAILABLE') },
    note: text('plain', { text: '暂时无法连接检测站平台，您的申请不受影响，请稍后再试' }),
  },
  {
    ...plate('v6', '粤B34567', '3', '黑色'),
    reviewValidUntil: '2026-11-23',
    badge: { tone: 'warning', label: text('badge.DUE_SOON') },
    note: null,
  },
  {
    ...plate('v7', '粤B45678', '4', '白色'),
    reviewValidUntil: '2026-03-01',
    badge: { tone: 'bad', label: text('badge.OVERDUE_LIMIT', { n: 267 }) },
    note: text('plain', { text: '逾期超过180天，依据当地规定须到窗口办理，终端不予签注' }),
  },
  {
    ...plate('v8', '粤B56789', '92', '农绿色'),
    reviewValidUntil: '2026-12-31',
    badge: { tone: 'good', label: text('badge.ENDORSED') },
    note: null,
  },
  {
    ...plate('v9', '粤B67891', '9', '其他'),
    reviewValidUntil: '2026-12-31',
    badge: { tone: 'info', label: text('badge.IN_REVIEW') },
    note: text('plain', { text: '受理号 99000120261123001，等待人工复核' }),
  },
]

const rules: readonly [string, string, CheckItemView['result'], string, string][] = [
  ['R01', '道路运输证有效', 'PASS', '证件有效期至 2028年11月30日', '运政系统'],
  ['R02', '车辆营运状态', 'PASS', '营运', '运政系统'],
  ['R03', '业户经营许可', 'PASS', '许可有效，经营范围含普通货运', '运政系统'],
  ['R04', '检验检测报告', 'PASS', '合格，有效期至 2027年05月20日', '云港第一检测站'],
  ['R05', '技术等级', 'PASS', '二级', '云港第一检测站'],
  ['R06', '外廓尺寸与档案一致', 'PASS', '长宽高误差在允许范围内', '检测站与运政系统'],
  ['R07', '行驶证检验有效期', 'PASS', '有效期至 2027年04月', '公安交管'],
  ['R08', '卫星定位在线', 'PASS', '今天 09:02 在线', '货运平台'],
  ['R09', '二级维护', 'NOT_APPLICABLE', '本省不作要求', '维修档案'],
  ['R10', '承运人责任险', 'NOT_APPLICABLE', '普通货运不要求', '保险共享'],
  ['R11', '无未结违章案件', 'PASS', '没有未结案件', '执法系统'],
  ['R12', '客车类型等级', 'NOT_APPLICABLE', '货车不适用', '运政系统'],
  ['R13', '罐体检测', 'NOT_APPLICABLE', '非罐车', '共享平台'],
  ['R14', '信用记录', 'PASS', '无失信记录', '信用平台'],
  ['R15', '未到强制报废期', 'PASS', '报废期止 2031年06月18日', '公安交管'],
  ['R16', '未超过逾期上限', 'PASS', '未逾期', '本机计算'],
  ['R17', '已到可办理时间', 'PASS', '距到期 38 天', '本机计算'],
  ['R18', '本周期尚未签注', 'PASS', '尚未签注', '运政系统'],
]

const items: CheckItemView[] = rules.map(([ruleId, title, result, evidence, sourceSystem]) => ({
  ruleId,
  title,
  result,
  evidence,
  sourceSystem,
  checkedAt: MOMENT - 60_000,
}))

const failedItems: CheckItemView[] = items.map((item) => {
  if (item.ruleId === 'R04')
    return { ...item, result: 'FAIL', evidence: '报告有效期至 2026年11月22日，已过期。请到云港第一检测站重新检测' }
  if (item.ruleId === 'R08') return { ...item, result: 'UNAVAILABLE', evidence: '货运平台没有回复，暂时无法核验' }
  if (item.ruleId === 'R06') return { ...item, result: 'MANUAL', evidence: '车长比档案多 120 毫米，需工作人员复核' }
  return item
})

/** As the kiosk sends it: one field for each run of characters that the printer places by itself. */
const preview: RowPreview = {
  pageWidthMm: 148,
  pageHeightMm: 210,
  rows: 6,
  row: 3,
  firstRowTopMm: 28,
  rowPitchMm: 29,
  fields: [
    [20, 88.5, '审验结果：合格'],
    [85, 88.5, '技术等级：二级'],
    [20, 93, '审验日期：'],
    [35, 93, '2026'],
    [41.2, 93, '年'],
    [44.2, 93, '11'],
    [47.3, 93, '月'],
    [50.3, 93, '23'],
    [53.4, 93, '日'],
    [85, 93, '审验有效期至：'],
    [106, 93, '2027'],
    [112.2, 93, '年'],
    [115.2, 93, '12'],
    [118.3, 93, '月'],
    [121.3, 93, '31'],
    [124.4, 93, '日'],
    [20, 97.5, '审验机关：云港市道路运输管理局（云港'],
    [20, 101.5, '市道路运输业务专用章）'],
    [85, 97.5, '签注编号：'],
    [100, 97.5, '9900012026000000183'],
    [20, 106, '签注终端：自助终端'],
    [48, 106, '01'],
    [52, 106, '号'],
    [85, 106, '校验码：'],
    [97, 106, '7F3A9C'],
  ].map(([xMm, yMm, words]) => ({ xMm: Number(xMm), yMm: Number(yMm), sizeMm: 3, text: String(words) })),
  specimen: true,
}

const printSteps = (now: number, failed = false): Extract<View, { screen: 'S08' }>['steps'] =>
  ['AUTHORIZE', 'INSERT', 'PRINT', 'PROVE', 'RECEIPT'].map((name, index) => ({
    label: text(`step.${name}`),
    state: index < now ? 'done' : index > now ? 'todo' : failed ? 'failed' : 'now',
  }))

const reviewSteps = (now: number): Extract<View, { screen: 'S05' }>['steps'] =>
  ['VEHICLE', 'CENTRE', 'RESULT'].map((name, index) => ({
    label: text(`step.${name}`),
    state: index < now ? 'done' : index > now ? 'todo' : 'now',
  }))

const review = (over: Partial<Extract<View, { screen: 'S05' }>>): View => ({
  screen: 'S05',
  stage: 'DONE',
  vehicle: truck,
  steps: [],
  items,
  verdict: { tone: 'good', title: text('verdict.READY.title'), detail: text('verdict.READY.detail') },
  canContinue: true,
  list: 'NONE',
  ...over,
})

const face = (over: Partial<Extract<View, { screen: 'S03'; method: 'FACE' }>>): View => ({
  screen: 'S03',
  method: 'FACE',
  stage: 'LOOKING',
  guidance: 'HOLD_STILL',
  box: null,
  progress: 0,
  attemptsLeft: 3,
  cameraLabel: null,
  ...over,
})

const code = (over: Partial<Extract<View, { screen: 'S03'; method: 'CODE' }>>): View => ({
  screen: 'S03',
  method: 'CODE',
  stage: 'CERTIFICATE',
  phoneMasked: '138****5678',
  resendFrom: null,
  triesLeft: null,
  remark: null,
  ...over,
})

const print = (stage: Extract<View, { screen: 'S08' }>['stage'], now: number, failed = false, attempt = 1): View => ({
  screen: 'S08',
  stage,
  vehicle: truck,
  steps: printSteps(now, failed),
  attempt,
})

const take = (
  certificate: boolean | null,
  card: boolean | null,
  receipt: boolean | null,
  receiptProblem: boolean,
): View => ({
  screen: 'S09',
  vehicle: truck,
  newValidUntil: '2027-12-31',
  endorsementNo: '9900012026000000183',
  items: [
    { item: 'CERTIFICATE', taken: certificate },
    { item: 'ID_CARD', taken: card },
    { item: 'RECEIPT', taken: receipt },
  ],
  receiptProblem: receiptProblem ? text('receipt.FAILED') : null,
})

const lock = {
  authority: '云港市交通运输综合行政执法支队',
  reason: '未按规定维护和检测道路运输车辆，案件已立案，尚未结案',
  caseNoMasked: '云运罚〔2026〕*****18号',
  contact: '020-12328 转 2（工作日 8:30–17:30）',
  payment: {
    payUrl: 'https://pay.example.invalid/p?c=99000126000000000018',
    payCodeMasked: '尾号 0018',
    fineCents: 100_000,
    surchargeCents: 15_000,
    totalCents: 115_000,
  },
}

const problem = (
  code: string,
  tone: Problem['tone'],
  actions: Problem['actions'],
  params?: Record<string, string>,
): Problem => ({
  code,
  tone,
  what: text(`problem.${code}.what`, params),
  assurance: text(`problem.${code}.assurance`, params),
  todo: text(`problem.${code}.todo`, params),
  actions,
})

const choose: View = { screen: 'S04', stage: 'CHOOSE', personMasked: '张*', vehicles, publicStatus: null }
const cardWaiting: View = { screen: 'S02', stage: 'WAITING', remark: null }

/** Every screen in every stage. */
export const fixtures: readonly Fixture[] = [
  shot('S00', { screen: 'S00', tiles: services }),
  // The longest reason there is.
  shot('S00-closed', {
    screen: 'S00',
    tiles: services.map((tile) => (tile.main ? { ...tile, closed: text('closed.UNKNOWN_PAGE_INSIDE') } : tile)),
  }),
  shot('S01-notice', { screen: 'S01', stage: 'NOTICE', faceUnavailable: null }),
  shot('S01-face-consent', { screen: 'S01', stage: 'FACE_CONSENT', faceUnavailable: null }),
  shot('S01-face-unavailable', {
    screen: 'S01',
    stage: 'FACE_CONSENT',
    faceUnavailable: text('problem.NO_CAMERA.what'),
  }),
  shot('S02-waiting', cardWaiting),
  shot('S02-reading', { screen: 'S02', stage: 'READING', remark: null }),
  shot('S02-identifying', { screen: 'S02', stage: 'IDENTIFYING', remark: null }),
  shot('S02-remark', { screen: 'S02', stage: 'WAITING', remark: text('remark.CARD_AGAIN') }),
  shot('S03-face-preparing', face({ stage: 'PREPARING', guidance: 'STARTING' })),
  shot(
    'S03-face-looking',
    face({ guidance: 'HOLD_STILL', progress: 0.6, box: { x: 0.36, y: 0.18, width: 0.26, height: 0.5 } }),
  ),
  shot('S03-face-too-far', face({ guidance: 'TOO_FAR', progress: 0.2, attemptsLeft: 2 })),
  shot('S03-face-again', face({ stage: 'TRY_AGAIN', guidance: 'NOT_LIVE', attemptsLeft: 1 })),
  shot('S03-face-passed', face({ stage: 'PASSED', guidance: 'GOOD', progress: 1 })),
  shot('S03-code-certificate', code({})),
  shot('S03-code-typed', code({}), {}, Array.from('990001234567')),
  shot('S03-code-letters', code({}), {}, ['9', '9', 'ABC', 'A', 'K']),
  shot('S03-code-mismatch', code({ remark: text('remark.CERTIFICATE_MISMATCH') })),
  shot('S03-code-sending', code({ stage: 'SENDING' })),
  shot('S03-code-sms', code({ stage: 'SMS', resendFrom: MOMENT + 48_000, triesLeft: 3 })),
  shot('S03-code-sms-typed', code({ stage: 'SMS', resendFrom: MOMENT + 48_000, triesLeft: 3 }), {}, Array.from('483')),
  shot(
    'S03-code-sms-wrong',
    code({ stage: 'SMS', resendFrom: MOMENT - 1, triesLeft: 2, remark: text('remark.SMS_WRONG') }),
  ),
  shot('S03-code-checking', code({ stage: 'CHECKING' })),
  shot('S04-loading', { ...choose, stage: 'LOADING', vehicles: [] }),
  shot('S04-choose', choose),
  shot('S04-many', { ...choose, vehicles: moreVehicles }),
  shot('S04-empty', { ...choose, vehicles: [] }),
  shot('S04-many-turned', { ...choose, vehicles: moreVehicles }, {}, ['下一页']),
  shot('S04-plate-province', choose, {}, ['查其他车牌']),
  shot('S04-plate-typed', choose, {}, ['查其他车牌', '粤', 'B', '1', '2', '3', '4', '5', '蓝色']),
  shot('S04-plate-new-energy', choose, {}, ['查其他车牌', '粤', 'B', '1', '2', '3', '4', '5', 'D', '黄绿色']),
  shot('S04-public', {
    ...choose,
    publicStatus: {
      vehicle: plate('p', '粤C88888', '2', '黄色'),
      found: true,
      rows: [
        { label: text('publicStatus.operator'), value: '云港市顺达货运有限公司' },
        { label: text('publicStatus.operationStatus'), value: '营运' },
        { label: text('publicStatus.scope'), value: '道路普通货物运输' },
        { label: text('publicStatus.reviewValidUntil'), value: '2027-03-31' },
      ],
      remark: text('publicStatus.notYours'),
    },
  }),
  shot('S04-public-not-found', {
    ...choose,
    publicStatus: {
      vehicle: plate('p', '粤C00001', '1', '蓝色'),
      found: false,
      rows: [],
      remark: text('publicStatus.notFound'),
    },
  }),
  shot(
    'S05-checking',
    review({ stage: 'CHECKING', steps: reviewSteps(1), items: [], verdict: null, canContinue: false }),
  ),
  shot(
    'S05-submitting',
    review({
      stage: 'SUBMITTING',
      steps: ['SUBMIT', 'CHECKING', 'RESULT'].map((name, index) => ({
        label: text(`step.${name}`),
        state: index === 0 ? 'done' : index === 1 ? 'now' : 'todo',
      })),
      items: [],
      verdict: null,
      canContinue: false,
    }),
  ),
  shot('S05-passed', review({})),
  shot('S05-passed-evidence', review({}), {}, ['查看每一项的依据']),
  shot(
    'S05-failed',
    review({
      items: failedItems,
      verdict: {
        tone: 'bad',
        title: text('verdict.BLOCKED.title', { ruleIds: 1 }),
        detail: text('verdict.BLOCKED.detail'),
      },
      canContinue: false,
      list: 'OFFERED',
    }),
  ),
  shot(
    'S05-list-printed',
    review({
      items: failedItems,
      verdict: {
        tone: 'bad',
        title: text('verdict.BLOCKED.title', { ruleIds: 1 }),
        detail: text('verdict.BLOCKED.detail'),
      },
      canContinue: false,
      list: 'PRINTED',
    }),
  ),
  shot(
    'S05-not-due',
    review({
      verdict: {
        tone: 'info',
        title: text('verdict.NOT_DUE.title'),
        detail: text('verdict.NOT_DUE.detail', { validUntil: '2027-08-31', from: '2027-06-02' }),
      },
      canContinue: false,
    }),
  ),
  shot(
    'S05-overdue-limit',
    review({
      items: items.map((item) =>
        item.ruleId === 'R16' ? { ...item, result: 'FAIL', evidence: '已逾期 181 天，上限 180 天' } : item,
      ),
      verdict: {
        tone: 'bad',
        title: text('verdict.OVERDUE_LIMIT.title'),
        detail: text('verdict.OVERDUE_LIMIT.detail', { days: 181, limit: '180天' }),
      },
      canContinue: false,
      list: 'OFFERED',
    }),
  ),
  shot(
    'S05-other-province',
    review({
      items: [],
      verdict: {
        tone: 'info',
        title: text('verdict.OTHER_PROVINCE.title'),
        detail: text('verdict.OTHER_PROVINCE.detail', { province: '湖南省', url: 'https://ysfw.example.invalid/' }),
      },
      canContinue: false,
    }),
  ),
  shot(
    'S05-unavailable',
    review({
      items: items.map((item) =>
        item.ruleId === 'R08' ? { ...item, result: 'UNAVAILABLE', evidence: '货运平台没有回复，暂时无法核验' } : item,
      ),
      verdict: {
        tone: 'unknown',
        title: text('verdict.UNAVAILABLE.title'),
        detail: text('verdict.UNAVAILABLE.detail', { system: '货运平台' }),
      },
      canContinue: false,
    }),
  ),
  shot('S06', { screen: 'S06', vehicle: plate('v4', '粤B67890', '1', '蓝色'), locks: [lock], list: 'OFFERED' }),
  shot('S06-no-payment', {
    screen: 'S06',
    vehicle: plate('v4', '粤B67890', '1', '蓝色'),
    locks: [{ ...lock, payment: null, caseNoMasked: null }, lock],
    list: 'NONE',
  }),
  shot('S07', {
    screen: 'S07',
    vehicle: truck,
    certificateMasked: '9900******18',
    currentValidUntil: '2026-12-31',
    newValidUntil: '2027-12-31',
    authorityName: '云港市道路运输管理局',
    preview,
  }),
  shot('S08-authorizing', print('AUTHORIZING', 0), { countdown: null }),
  shot('S08-insert', print('INSERT_CERTIFICATE', 1)),
  shot('S08-place', print('PLACE_CERTIFICATE', 1)),
  shot('S08-printing', print('PRINTING', 2, false, 2), { countdown: null }),
  shot('S08-take-out', print('TAKE_OUT', 3), { countdown: null }),
  shot('S08-receipt', print('RECEIPT', 4), { countdown: null }),
  shot('S08-failed', print('FAILED', 2, true)),
  shot('S08-unknown', print('UNKNOWN', 3, true)),
  shot('S08-voided', print('VOIDED', 2, true, 3)),
  shot('S09', take(false, false, false, false)),
  shot('S09-some-taken', take(true, null, false, false)),
  shot('S09-no-receipt', take(true, true, null, true)),
  shot('S10', { screen: 'S10', stars: null }),
  shot('S10-thanks', { screen: 'S10', stars: 5 }),
  shot('OUT', {
    screen: 'OUT',
    reason: text('out.reason.STORE_NEWER'),
    technician: 'STORE_NEWER: schema 7 > 3, /var/lib/kiosk/kiosk.db',
  }),
  shot('problem-centre', choose, { problem: problem('CENTRE_UNREACHABLE', 'warning', ['RETRY', 'LEAVE']) }),
  shot(
    'problem-no-camera',
    { screen: 'S01', stage: 'FACE_CONSENT', faceUnavailable: null },
    {
      problem: problem('NO_CAMERA', 'warning', ['USE_OTHER_METHOD', 'RETRY', 'LEAVE']),
    },
  ),
  shot('problem-already-endorsed', review({}), {
    problem: { ...problem('ALREADY_ENDORSED', 'info', ['LEAVE'], { kiosk: '东站自助终端 03 号' }), assurance: null },
  }),
  shot('problem-tampered', print('AUTHORIZING', 0, true), {
    problem: problem('AUTHORIZATION_TAMPERED', 'bad', ['CALL_STAFF', 'LEAVE']),
  }),
  shot('staff-called', choose, { staffCalled: true }),
  shot('ring', choose, { countdown: { endsAt: MOMENT + 42_000, warnAt: MOMENT + 27_000 } }),
  shot('still-there', choose, { countdown: { endsAt: MOMENT + 12_000, warnAt: MOMENT - 3_000 } }),
  ...consoleFixtures,
]
