import type { RigDevice } from '../../src/ipc/rig.ts'
import type { MomentStage } from './stage.ts'

/** A moment of a visit: either seen on the screen and the paper, or caught to the byte or to the call while it passes. */
interface Moment {
  readonly title: string
  /** Asked at every look at the screen. */
  readonly here?: (stage: MomentStage) => boolean
  /** Set up before the visit begins; calls `act` when the moment comes. */
  readonly arm?: (stage: MomentStage, act: () => void) => void
}

const shows =
  (screen: string, stageName = '') =>
  ({ view }: MomentStage): boolean =>
    view.screen === screen && ('stage' in view ? view.stage : '') === stageName

/** When a question to the centre has arrived there, and its answer is not given yet. */
const asking = (title: string, method: string, path: RegExp): Moment => ({
  title,
  arm: ({ rig }, act) => {
    rig.gate.onCall = (call) => {
      if (call.phase !== 'asked' || call.method !== method || !path.test(call.url)) return
      rig.gate.onCall = () => undefined
      act()
    }
  },
})

/** When the reader has said so many bytes of the card. */
const cardByte = (title: string, after: number): Moment => ({
  title,
  arm: (stage, act) => stage.line('id-card').setTrap(() => stage.rig.reader.heard.at(-1) === 'read', after, act),
})

const ink = (line: number): Moment => ({
  title: `第${line}行已打上`,
  here: ({ rig }) => rig.certificatePrinter.linesPrinted >= line,
})

/** Paper fed by the receipt printer since its last cut, dots. */
const slipDots = ({ rig }: MomentStage): number => rig.receiptPrinter.paper.piece().picture.height

export const MOMENTS = {
  HOME: {
    title: '首页',
    here: ({ view }) => view.screen === 'S00' && view.tiles.some(({ closed }) => closed === null),
  },
  CONSENT: { title: '同意条款', here: shows('S01', 'FACE_CONSENT') },
  CARD_WAITING: { title: '等待身份证', here: shows('S02', 'WAITING') },
  CARD_FIRST_BYTE: cardByte('读卡：第一个字节之前', 0),
  CARD_MIDDLE: cardByte('读卡：第650字节', 650),
  CARD_LAST_BYTE: cardByte('读卡：最后一个字节之前', 1_294),
  IDENTIFYING: asking('身份信息送中心', 'POST', /^\/v1\/identifications$/),
  CERTIFICATE_CODE: { title: '输入或扫描运输证号', here: shows('S03', 'CERTIFICATE') },
  PROVING: { title: '短信验证码', here: shows('S03', 'SMS') },
  VEHICLES: { title: '选择车辆', here: shows('S04', 'CHOOSE') },
  CHECKING: asking('核查中', 'POST', /\/reviews$/),
  CONFIRM: { title: '确认签注内容', here: shows('S07') },
  AUTHORIZING: asking('申请授权', 'POST', /\/authorizations$/),
  INSERTING: { title: '等待放入运输证', here: shows('S08', 'INSERT_CERTIFICATE') },
  POSITIONING: {
    title: '运输证已放入，未着墨',
    here: (stage) => shows('S08', 'PRINTING')(stage) && stage.rig.certificatePrinter.linesPrinted === 0,
  },
  LINE_1: ink(1),
  LINE_2: ink(2),
  LINE_3: ink(3),
  LINE_4: ink(4),
  LINE_5: ink(5),
  LINE_6: ink(6),
  EJECTED: { title: '运输证已退出', here: ({ rig }) => rig.certificatePrinter.documentPlace === 'ejected' },
  REPORTING: asking('打印结果送中心', 'POST', /\/print-results$/),
  RECEIPT_START: { title: '凭条：开始', here: shows('S08', 'RECEIPT') },
  RECEIPT_MIDDLE: { title: '凭条：打到一半', here: (stage) => shows('S08', 'RECEIPT')(stage) && slipDots(stage) > 300 },
  RECEIPT_CUT: { title: '凭条：已切纸', here: ({ rig }) => rig.receiptPrinter.paper.documents.length > 0 },
  TAKE: { title: '取证取条', here: shows('S09') },
  RATING: { title: '评价', here: shows('S10') },
  ENDING: asking('结束办理', 'DELETE', /^\/v1\/identifications\//),
} as const satisfies Record<string, Moment>
export type MomentName = keyof typeof MOMENTS
export const momentOf = (name: MomentName): Moment => MOMENTS[name]

/** What may happen to a device, and how it is over. */
interface Event {
  readonly title: string
  readonly happens: (stage: MomentStage) => Promise<void> | void
  readonly isOver: (stage: MomentStage) => Promise<void> | void
}

const unplugged = (title: string, device: RigDevice): Event => ({
  title: `${title}：线被拔掉`,
  happens: (stage) => stage.line(device).turn('UNPLUGGED'),
  isOver: (stage) => stage.line(device).turn('PLUGGED'),
})

const off = (title: string, device: RigDevice, forgets: (stage: MomentStage) => void): Event => ({
  title: `${title}：断电`,
  happens: (stage) => {
    forgets(stage)
    return stage.line(device).turn('OFF')
  },
  isOver: (stage) => stage.line(device).turn('PLUGGED'),
})

const certificateTrouble = (title: string, trouble: 'JAM' | 'COVER_OPEN'): Event => ({
  title: `证件打印机：${title}`,
  happens: ({ rig }) => rig.certificatePrinter.trouble(trouble),
  isOver: ({ rig }) => rig.certificatePrinter.mend(trouble),
})

const receiptTrouble = (title: string, trouble: 'JAM' | 'COVER_OPEN' | 'PAPER_OUT' | 'CUTTER'): Event => ({
  title: `凭条打印机：${title}`,
  happens: ({ rig }) => rig.receiptPrinter.trouble(trouble),
  isOver: ({ rig }) => rig.receiptPrinter.mend(trouble),
})

const nothing = (): void => undefined

export const EVENTS = {
  READER_UNPLUGGED: unplugged('身份证阅读器', 'id-card'),
  READER_OFF: off('身份证阅读器', 'id-card', nothing),
  SCANNER_UNPLUGGED: unplugged('扫码器', 'scanner'),
  SCANNER_OFF: off('扫码器', 'scanner', nothing),
  CAMERA_LOST: {
    title: '摄像头：消失',
    happens: (stage) => stage.camera('LOST'),
    isOver: (stage) => stage.camera('OPEN'),
  },
  CERTIFICATE_UNPLUGGED: unplugged('证件打印机', 'certificate-printer'),
  CERTIFICATE_OFF: off('证件打印机', 'certificate-printer', ({ rig }) => rig.certificatePrinter.powerCycle()),
  CERTIFICATE_JAM: certificateTrouble('卡纸', 'JAM'),
  CERTIFICATE_COVER: certificateTrouble('开盖', 'COVER_OPEN'),
  CERTIFICATE_PULLED: {
    title: '证件打印机：运输证被抽走',
    happens: ({ rig }) => void rig.certificatePrinter.remove(),
    isOver: nothing,
  },
  RECEIPT_UNPLUGGED: unplugged('凭条打印机', 'receipt-printer'),
  RECEIPT_OFF: off('凭条打印机', 'receipt-printer', ({ rig }) => rig.receiptPrinter.powerCycle()),
  RECEIPT_PAPER_OUT: receiptTrouble('缺纸', 'PAPER_OUT'),
  RECEIPT_JAM: receiptTrouble('卡纸', 'JAM'),
  RECEIPT_COVER: receiptTrouble('开盖', 'COVER_OPEN'),
  RECEIPT_CUTTER: receiptTrouble('切刀卡住', 'CUTTER'),
  CENTRE_DOWN: {
    title: '中心：断网',
    happens: ({ rig }) => void (rig.gate.state = 'DOWN'),
    isOver: ({ rig }) => void (rig.gate.state = 'UP'),
  },
  CENTRE_SILENT: {
    title: '中心：不答复',
    happens: ({ wire }) => void (wire.silent = true),
    isOver: ({ wire }) => void (wire.silent = false),
  },
  CENTRE_DEAF: {
    title: '中心：答复丢失',
    happens: ({ rig }) => void (rig.gate.state = 'DEAF'),
    isOver: ({ rig }) => void (rig.gate.state = 'UP'),
  },
  MAINS_FAIL: {
    title: 'UPS：市电中断',
    happens: ({ rig }) => rig.bench.ups.set({ utilityFail: true }),
    isOver: ({ rig }) => rig.bench.ups.set({ utilityFail: false }),
  },
  MAINS_FAIL_LOW: {
    title: 'UPS：市电中断，电池将尽',
    happens: ({ rig }) => rig.bench.ups.set({ utilityFail: true, batteryLow: true }),
    isOver: ({ rig }) => rig.bench.ups.set({ utilityFail: false, batteryLow: false }),
  },
  UPS_UNPLUGGED: unplugged('UPS', 'ups'),
  BOARD_UNPLUGGED: unplugged('柜门与灯的控制板', 'io-board'),
  KIOSK_POWER: { title: '主机：突然断电', happens: (stage) => stage.cutPower(), isOver: nothing },
} as const satisfies Record<string, Event>
export type EventName = keyof typeof EVENTS
export const eventOf = (name: EventName): Event => EVENTS[name]
