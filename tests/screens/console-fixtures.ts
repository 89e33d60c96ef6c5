import type { ConsoleView, DeviceRow } from '../../src/ipc/console.ts'
import type { TextRef } from '../../src/ipc/text.ts'
import { text } from '../../src/ipc/text.ts'
import { MOMENT, shot, type Fixture } from './shot.ts'

/** The technician's console, every screen and stage. Words that the kiosk's rooms own are written out here. */

type ViewOf<Screen extends ConsoleView['screen']> = Extract<ConsoleView, { screen: Screen }>

const words = (chinese: string): TextRef => text('plain', { text: chinese })
const MINUTE = 60_000
const HOUR = 60 * MINUTE

function at(name: string, view: ConsoleView, press: readonly string[] = [], busy = false): Fixture {
  const countdown = busy ? null : { endsAt: MOMENT + 9 * MINUTE, warnAt: MOMENT + 8 * MINUTE }
  const technician = view.screen === 'S90' ? {} : { technician: '韦建国' }
  return shot(name, view, { countdown, ...technician }, press)
}

function login(over: Partial<ViewOf<'S90'>>): ViewOf<'S90'> {
  return {
    screen: 'S90',
    stage: 'STAFF',
    staffId: null,
    badge: true,
    challenge: null,
    fieldCodes: true,
    triesLeft: null,
    lockedUntil: null,
    remark: null,
    ...over,
  }
}

function device(role: string, name: string, over: Partial<DeviceRow> = {}): DeviceRow {
  return {
    role,
    name: words(name),
    driver: 'standard',
    model: null,
    address: 'serial:/dev/ttyUSB0@115200',
    tone: 'good',
    state: 'READY',
    words: words('正常'),
    remedy: null,
    since: MOMENT - 3 * HOUR,
    optional: false,
    simulated: false,
    lastTest: { at: MOMENT - 26 * HOUR, passed: true },
    ...over,
  }
}

const receiptPrinter = device('receipt-printer', '凭条打印机', {
  driver: 'esc-pos',
  model: 'T532 80mm',
  address: 'usb 0519:2013 S1',
  tone: 'warning',
  state: 'PAPER_NEAR_END',
  words: words('纸快用完'),
  remedy: words('打开前门，装一卷 80 毫米热敏纸，光面朝外'),
  since: MOMENT - 20 * MINUTE,
})
const cardReader = device('id-card', '证件阅读器', {
  driver: 'sam-v',
  model: 'SAM-V',
  tone: 'bad',
  state: 'GONE',
  words: words('没有回答'),
  remedy: words('检查阅读器的电源和串口线，等十秒看是否恢复；不恢复就换一台'),
  since: MOMENT - 4 * MINUTE,
  lastTest: { at: MOMENT - 2 * HOUR, passed: false },
})

const devices: DeviceRow[] = [
  cardReader,
  receiptPrinter,
  device('scanner', '扫码器', { driver: 'hid-pos', address: 'hid 0C2E:0B61 14219' }),
  device('certificate-printer', '证件打印机', { driver: 'pr2', model: 'PR2E', address: 'serial:/dev/ttyS1@9600' }),
  device('document-printer', '文档打印机', { driver: 'cups', address: 'cups A4-tray1' }),
  device('camera', '摄像头', { driver: 'renderer', address: 'HD Webcam C270' }),
  device('ic-card', '从业资格卡读卡器', {
    driver: 'pcsc',
    tone: 'info',
    state: 'NOT_CONFIGURED',
    words: words('没有配置'),
    optional: true,
    lastTest: null,
  }),
  device('ups', '不间断电源', { driver: 'megatec-q1', address: 'serial:/dev/ttyUSB3@2400', optional: true }),
  device('io-board', '门、灯和继电器', { driver: 'modbus-rtu', simulated: true, optional: true }),
  device('watchdog', '看门狗', { driver: 'dev-watchdog', address: '/dev/watchdog', optional: true }),
]

function board(over: Partial<ViewOf<'S91'>> = {}): ViewOf<'S91'> {
  return {
    screen: 'S91',
    staffName: '韦建国',
    devices,
    closings: [text('closed.CARD_READER_FAULT')],
    lastReadiness: { at: MOMENT - 26 * HOUR, verdict: 'READY' },
    findings: [],
    parked: 0,
    remark: null,
    ...over,
  }
}

const finding: ViewOf<'S91'>['findings'][number] = {
  key: 'f1',
  endorsementNo: '99000120261123000018',
  attempt: 2,
  at: MOMENT - 50 * MINUTE,
  first: null,
}

const facts: ViewOf<'S92'>['facts'] = [
  { label: words('型号'), value: 'T532', tone: 'info', remedy: null },
  { label: words('固件'), value: '2.18', tone: 'info', remedy: null },
  {
    label: words('纸'),
    value: '快用完，约剩 60 张',
    tone: 'warning',
    remedy: words('备一卷新纸；今天收班前换上'),
  },
  { label: words('切刀次数'), value: '412 806 / 1 000 000', tone: 'good', remedy: null },
  { label: words('打印头温度'), value: '31 ℃', tone: 'good', remedy: null },
  { label: words('盖子'), value: '关好', tone: 'good', remedy: null },
  { label: words('最近一次回答'), value: '12 毫秒', tone: 'good', remedy: null },
  { label: words('今天断开次数'), value: '0', tone: 'good', remedy: null },
]

type Test = ViewOf<'S92'>['tests'][number]
function test(id: string, title: string, over: Partial<Test> = {}): Test {
  return { id, title: words(title), state: 'IDLE', words: null, detail: null, at: null, ...over }
}

const tests: Test[] = [
  test('status', '读取状态', {
    state: 'PASSED',
    words: words('状态正常'),
    detail: 'answerMs: 12',
    at: MOMENT - 5 * MINUTE,
  }),
  test('print-page', '打印测试页', {
    state: 'FAILED',
    words: words('打印到一半没有纸了，请装纸后再测'),
    detail: 'PAPER_OUT at line 31',
    at: MOMENT - 4 * MINUTE,
  }),
  test('cut', '切纸'),
  test('glyphs', '生僻字'),
]

const found: ViewOf<'S93'>['found'] = [
  {
    id: 'usb-10c4-ea60-1',
    kind: 'serial',
    address: '/dev/ttyUSB0',
    identity: '10C4:EA60 0001',
    boundTo: 'id-card',
    guess: { role: 'id-card', driver: 'sam-v', certainty: 'CERTAIN' },
    report: [
      words('115200：发送“查状态”，收到 11 字节，校验正确'),
      words('回答是身份证模块的格式，状态码 90'),
      words('读出模块号，与登记的一致'),
    ],
  },
  {
    id: 'usb-0519-2013',
    kind: 'usb',
    address: '1-1.4',
    identity: '0519:2013 S1',
    boundTo: 'receipt-printer',
    guess: { role: 'receipt-printer', driver: 'esc-pos', certainty: 'LIKELY' },
    report: [words('USB 打印类设备'), words('状态查询 DLE EOT 1 收到 1 字节：16')],
  },
  {
    id: 'ttyS1',
    kind: 'serial',
    address: '/dev/ttyS1',
    identity: null,
    boundTo: null,
    guess: { role: 'certificate-printer', driver: 'pr2', certainty: 'POSSIBLE' },
    report: Array.from({ length: 14 }, (_, line) =>
      words(`${[115200, 57600, 38400, 19200, 9600][line % 5] ?? 9600}：试第 ${line + 1} 种问法，300 毫秒内没有回答`),
    ),
  },
  {
    id: 'hid-0c2e-0b61',
    kind: 'hid',
    address: '/dev/hidraw2',
    identity: '0C2E:0B61 14219',
    boundTo: null,
    guess: null,
    report: [],
  },
  {
    id: 'cups-a4',
    kind: 'cups',
    address: 'ipp://localhost/printers/A4',
    identity: null,
    boundTo: 'document-printer',
    guess: null,
    report: [words('队列接受任务，纸盒一有 A4 纸')],
  },
]

const roles: ViewOf<'S93'>['roles'] = [
  ['id-card', '证件阅读器', ['sam-v', 'sam-v-wrapped', 'hid-64']],
  ['scanner', '扫码器', ['hid-pos', 'serial', 'gm65', 'ssi', 'wedge']],
  ['receipt-printer', '凭条打印机', ['esc-pos']],
  ['certificate-printer', '证件打印机', ['pr2', 'esc-p2']],
  ['ic-card', '从业资格卡读卡器', ['pcsc']],
  ['ups', '不间断电源', ['megatec-q1']],
  ['io-board', '门、灯和继电器', ['modbus-rtu']],
].map(([role, name, drivers]) => ({ role: role as string, name: words(name as string), drivers: drivers as string[] }))

type Item = ViewOf<'S94'>['items'][number]
const checkNames = [
  '硬盘空间',
  '数据库完整',
  '时钟',
  '中心连接',
  '设备密钥',
  '证件阅读器',
  '扫码器',
  '凭条打印机',
  '证件打印机',
  '文档打印机',
  '摄像头与人脸识别',
  '触摸屏',
  '喇叭',
  '不间断电源',
  '门与灯',
  '看门狗',
]

function checks(states: readonly Item['state'][]): Item[] {
  return checkNames.map((title, index) => {
    const state = states[index] ?? 'TODO'
    return {
      id: `c${index}`,
      title: words(title),
      state,
      words:
        state === 'FAIL'
          ? words('没有回答：检查电源和线')
          : state === 'WARN'
            ? words('纸快用完，备一卷新纸')
            : state === 'NOW'
              ? words('请看：测试页清楚吗？')
              : null,
      detail: state === 'PASS' && index % 3 === 0 ? 'skewMs: 42' : null,
      before: index === 15 ? null : 'PASS',
    }
  })
}

const passed = (count: number): Item['state'][] => Array.from({ length: count }, () => 'PASS')

function readiness(over: Partial<ViewOf<'S94'>>): ViewOf<'S94'> {
  return {
    screen: 'S94',
    stage: 'IDLE',
    items: [],
    question: null,
    verdict: null,
    comparedWith: MOMENT - 26 * HOUR,
    cameraLabel: null,
    print: 'NO',
    ...over,
  }
}

function camera(state: ViewOf<'S95'>['state'], faces: ViewOf<'S95'>['faces'] = []): ViewOf<'S95'> {
  return {
    screen: 'S95',
    state,
    // The test's camera has another name: a named one would be missing.
    cameraLabel: state === 'MISSING' ? 'HD Webcam C270' : null,
    faces,
    facts: [
      { label: words('每秒画面'), value: '9.6', tone: 'good', remedy: null },
      {
        label: words('亮度'),
        value: '58 / 255',
        tone: 'warning',
        remedy: words('画面偏暗：打开补光灯，或把机器转离窗户'),
      },
      { label: words('比对用时'), value: '86 毫秒', tone: 'good', remedy: null },
      { label: words('识别模型'), value: 'MobileFaceNet 1.0', tone: 'info', remedy: null },
    ],
  }
}

function calibration(over: Partial<ViewOf<'S96'>>): ViewOf<'S96'> {
  return {
    screen: 'S96',
    stage: 'IDLE',
    saved: { dxMm: 0.4, dyMm: -0.2 },
    trial: { dxMm: 0.4, dyMm: -0.2 },
    pageMm: { width: 125, height: 88 },
    remark: null,
    ...over,
  }
}

const consumables: ViewOf<'S97'>['items'] = [
  {
    id: 'receipt-paper',
    name: words('凭条纸'),
    tone: 'warning',
    left: 0.12,
    words: words('快用完'),
    forecast: words('按这几天的用量，今天 16:30 前用完'),
    since: MOMENT - 90 * HOUR,
    counters: [
      { label: words('已打印'), value: '8 213 张' },
      { label: words('已用'), value: '71.4 米' },
    ],
    replaceable: true,
  },
  {
    id: 'cutter',
    name: words('切刀'),
    tone: 'good',
    left: 0.59,
    words: words('正常'),
    forecast: words('约可用到 2028年05月'),
    since: null,
    counters: [{ label: words('已切'), value: '412 806 次' }],
    replaceable: true,
  },
  {
    id: 'ribbon',
    name: words('证件打印机色带'),
    tone: 'bad',
    left: 0,
    words: words('用完'),
    forecast: null,
    since: MOMENT - 900 * HOUR,
    counters: [{ label: words('已打印'), value: '3 020 行' }],
    replaceable: true,
  },
  {
    id: 'toner',
    name: words('文档打印机墨粉'),
    tone: 'unknown',
    left: null,
    words: words('不知道'),
    forecast: null,
    since: null,
    counters: [],
    replaceable: false,
  },
]

const surroundings: ViewOf<'S98'>['groups'] = [
  {
    title: words('网络'),
    facts: [
      { label: words('有线网'), value: 'eth0 1000 Mb/s', tone: 'good', remedy: null },
      { label: words('本机地址'), value: '10.20.31.7/24', tone: 'info', remedy: null },
      { label: words('网关'), value: '10.20.31.1，2 毫秒', tone: 'good', remedy: null },
    ],
  },
  {
    title: words('时间'),
    facts: [
      { label: words('时间服务器'), value: 'ntp.yungang.example', tone: 'good', remedy: null },
      {
        label: words('本机时间偏差'),
        value: '快 4.2 秒',
        tone: 'warning',
        remedy: words('偏差超过 5 秒会停办；检查时间服务器的地址'),
      },
    ],
  },
  {
    title: words('中心'),
    facts: [
      { label: words('地址'), value: 'https://center.yungang.example:8443', tone: 'info', remedy: null },
      {
        label: words('连接'),
        value: '断开 3 分钟',
        tone: 'bad',
        remedy: words('检查防火墙是否放行 8443 端口，再请中心查看'),
      },
      { label: words('待送消息'), value: '12', tone: 'warning', remedy: null },
    ],
  },
  {
    title: words('密钥和证书'),
    facts: [
      { label: words('设备密钥'), value: '有效至 2027-03-01', tone: 'good', remedy: null },
      {
        label: words('服务器证书'),
        value: '有效至 2026-12-05',
        tone: 'warning',
        remedy: words('十二天后到期，请中心换发'),
      },
    ],
  },
]

type Field = ViewOf<'S99'>['groups'][number]['fields'][number]
function field(path: string, help: string, over: Partial<Field> = {}): Field {
  return { path, help, kind: 'text', choices: [], value: '', isDefault: true, problem: null, fixed: false, ...over }
}

const siteGroups: ViewOf<'S99'>['groups'] = [
  {
    title: '站点',
    fields: [
      field('station.name', '站点名称', { value: '云港市道路运输综合服务站', isDefault: false }),
      field('station.helpPhone', '求助电话', { value: '020-12328', isDefault: false }),
      field('kiosk.name', '本机名称', { value: '自助终端 01 号', isDefault: false }),
    ],
  },
  {
    title: '中心',
    fields: [
      field('centre.url', '中心地址', {
        value: 'http://center.yungang.example',
        isDefault: false,
        problem: '必须以 https:// 开头',
      }),
      field('centre.timeoutMs', '等待回答的毫秒数', { kind: 'number', value: '8000' }),
    ],
  },
  {
    title: '会话',
    fields: [
      field('session.idleWarningMs', '无人操作多久后提问（毫秒）', { kind: 'number', value: '60000' }),
      field('session.largePrintDoubles', '大字版时间加倍', { kind: 'switch', value: 'true' }),
    ],
  },
  {
    title: '凭条打印机',
    fields: [
      field('receiptPrinter.profile', '打印机型号', {
        kind: 'choice',
        choices: ['generic-58', 'generic-80', 'epson-tm-t20', 'custom-vkp80', 'masung-t532'],
        value: 'generic-80',
      }),
      field('receiptPrinter.cut', '打印后切纸', { kind: 'switch', value: 'true' }),
      field('receiptPrinter.address', '连接方式', { value: 'usb 0519:2013 S1', isDefault: false }),
    ],
  },
  ...['证件打印机', '扫码器', '证件阅读器', '摄像头', '不间断电源', '门与灯', '看门狗', '耗材'].map((title, index) => ({
    title,
    fields: [field(`more${index}.enabled`, '启用', { kind: 'switch' as const, value: 'false' })],
  })),
]

/** On a signed site: only what hangs on the machine and the times of a visit may be changed here. */
const signedGroups: ViewOf<'S99'>['groups'] = siteGroups.map(({ title, fields }) => ({
  title,
  fields: fields.map((one) => ({ ...one, fixed: /^(station|kiosk|centre)\./.test(one.path) })),
}))

function site(over: Partial<ViewOf<'S99'>> = {}): ViewOf<'S99'> {
  return {
    screen: 'S99',
    stage: 'EDIT',
    groups: siteGroups,
    changes: [],
    problems: [],
    tried: false,
    lastChange: { at: MOMENT - 200 * HOUR, outcome: 'KEPT' },
    bundle: { state: 'IDLE', words: null },
    ...over,
  }
}

const changes: ViewOf<'S99'>['changes'] = [
  { path: 'centre.url', from: 'http://center.yungang.example', to: 'https://center.yungang.example:8443' },
  { path: 'receiptPrinter.profile', from: 'generic-80', to: 'masung-t532' },
  { path: 'session.largePrintDoubles', from: 'true', to: 'false' },
]

export const consoleFixtures: readonly Fixture[] = [
  at('S90-staff', login({})),
  at('S90-staff-letters', login({ remark: words('没有这个工号，请再输一次') }), ['字母', 'T', '1', '-']),
  at('S90-pin', login({ stage: 'PIN', staffId: 'T0017', triesLeft: 5 }), ['1', '2', '3', '4']),
  at(
    'S90-pin-wrong',
    login({ stage: 'PIN', staffId: 'T0017', triesLeft: 2, fieldCodes: false, remark: words('口令不对') }),
  ),
  at('S90-totp', login({ stage: 'TOTP', staffId: 'T0017' }), ['0', '4']),
  at('S90-field-code', login({ stage: 'FIELD_CODE', staffId: 'T0017', challenge: '482913077516', triesLeft: 4 }), [
    '8',
  ]),
  at('S90-checking', login({ stage: 'CHECKING', staffId: 'T0017' }), [], true),
  at('S90-locked', login({ stage: 'LOCKED', lockedUntil: MOMENT + 14 * MINUTE + 32_000 })),
  at('S91', board()),
  at(
    'S91-findings',
    board({
      findings: [finding, { ...finding, key: 'f2', endorsementNo: '99000120261123000021', first: 'SEEN' }],
      parked: 3,
      closings: [text('closed.CARD_READER_FAULT'), text('closed.CENTRE_UNREACHABLE')],
      lastReadiness: null,
      remark: words('已记下，请第二位核对'),
    }),
  ),
  at('S91-witness', board({ findings: [{ ...finding, first: 'NOT_SEEN' }] }), ['没有印上', '2', '0']),
  at('S91-witness-pin', board({ findings: [{ ...finding, first: 'NOT_SEEN' }] }), [
    '印上了',
    '2',
    '0',
    '下一步',
    '9',
    '9',
  ]),
  at(
    'S91-good',
    board({
      devices: devices.map((row) => ({ ...row, tone: 'good', words: words('正常'), remedy: null })),
      closings: [],
    }),
  ),
  shot('S91-leaving', board(), {
    countdown: { endsAt: MOMENT + 24_000, warnAt: MOMENT - 6_000 },
    technician: '韦建国',
  }),
  at('S92', { screen: 'S92', device: receiptPrinter, facts, tests }),
  at(
    'S92-running',
    {
      screen: 'S92',
      device: receiptPrinter,
      facts,
      tests: tests.map((one) => (one.id === 'cut' ? { ...one, state: 'RUNNING', words: words('请看出纸口') } : one)),
    },
    [],
    true,
  ),
  at(
    'S92-ask',
    {
      screen: 'S92',
      device: receiptPrinter,
      facts,
      tests: tests.map((one) =>
        one.id === 'cut' ? { ...one, state: 'ASK', words: words('纸切断了吗？切口平整吗？') } : one,
      ),
    },
    [],
    true,
  ),
  at('S92-gone', { screen: 'S92', device: cardReader, facts: [], tests: [] }),
  at('S92-certificate', {
    screen: 'S92',
    device: device('certificate-printer', '证件打印机', { driver: 'pr2', model: 'PR2E' }),
    facts: facts.slice(0, 2),
    tests: tests.slice(0, 1),
  }),
  at(
    'S92-touch',
    {
      screen: 'S92',
      device: device('screen', '触摸屏', { address: 'DP-1 1080×1920' }),
      facts: facts.slice(0, 2),
      tests: [test('touch-screen', '触摸屏', { state: 'ASK' })],
    },
    [],
    true,
  ),
  at('S93', { screen: 'S93', stage: 'IDLE', step: null, found: [], roles }),
  at(
    'S93-searching',
    {
      screen: 'S93',
      stage: 'SEARCHING',
      step: words('正在试 /dev/ttyS1：证件打印机，9600'),
      found: found.slice(0, 2),
      roles,
    },
    [],
    true,
  ),
  at('S93-done', { screen: 'S93', stage: 'DONE', step: null, found, roles }),
  at('S93-nothing', { screen: 'S93', stage: 'DONE', step: null, found: [], roles }),
  at('S93-one', { screen: 'S93', stage: 'DONE', step: null, found: found.slice(2, 3), roles }, ['/可能是/']),
  at('S94', readiness({ comparedWith: null })),
  at('S94-running', readiness({ stage: 'RUNNING', items: checks([...passed(7), 'NOW']) }), [], true),
  at(
    'S94-ask',
    readiness({
      stage: 'ASK',
      items: checks([...passed(5), 'FAIL', 'PASS', 'WARN', 'NOW']),
      question: words('证件打印机的测试页清楚吗？'),
    }),
    [],
    true,
  ),
  at('S94-ready', readiness({ stage: 'DONE', items: checks(passed(16)), verdict: 'READY', print: 'PRINTED' })),
  at(
    'S94-warnings',
    readiness({
      stage: 'DONE',
      items: checks([...passed(7), 'WARN', ...passed(4), 'SKIPPED', ...passed(3)]),
      verdict: 'WARNINGS',
    }),
  ),
  at(
    'S94-not-ready',
    readiness({
      stage: 'DONE',
      items: checks([...passed(5), 'FAIL', 'PASS', 'WARN', ...passed(8)]),
      verdict: 'NOT_READY',
      print: 'PRINTING',
    }),
  ),
  at(
    'S95-looking',
    camera('LOOKING', [
      { x: 0.34, y: 0.2, width: 0.32, height: 0.56, score: 0.987 },
      { x: 0.02, y: 0.01, width: 0.14, height: 0.2, score: 0.512 },
    ]),
  ),
  at('S95-missing', camera('MISSING')),
  at('S95-engine-away', camera('ENGINE_AWAY')),
  at('S96', calibration({})),
  at('S96-moved', calibration({ stage: 'PRINTED', trial: { dxMm: 1.4, dyMm: -0.8 } })),
  at('S96-insert', calibration({ stage: 'INSERT', trial: { dxMm: -3, dyMm: 2.5 } })),
  at(
    'S96-failed',
    calibration({ stage: 'FAILED', trial: { dxMm: 0, dyMm: 0 }, remark: words('纸没有放到底，请重新放') }),
  ),
  at('S97', { screen: 'S97', items: consumables }),
  at('S97-sure', { screen: 'S97', items: consumables }, ['已更换：凭条纸']),
  at('S98', { screen: 'S98', stage: 'DONE', groups: surroundings }),
  at('S98-checking', { screen: 'S98', stage: 'CHECKING', groups: surroundings.slice(0, 1) }, [], true),
  at('S99', site()),
  at(
    'S99-centre',
    site({
      changes,
      bundle: { state: 'DONE', words: words('已写到 U 盘：kiosk-01-20261123.tar.age，4.2 MB') },
      lastChange: { at: MOMENT - 2 * HOUR, outcome: 'ROLLED_BACK' },
    }),
    ['/^中心/'],
  ),
  at('S99-signed', site({ groups: signedGroups }), ['/^中心/']),
  at('S99-text', site(), ['/^中心/', '修改：中心地址']),
  at('S99-number', site(), ['会话', '修改：无人操作多久后提问（毫秒）']),
  at('S99-choice', site(), ['凭条打印机', '修改：打印机型号']),
  at('S99-review', site({ stage: 'REVIEW', changes, tried: true })),
  at('S99-review-sure', site({ stage: 'REVIEW', changes, tried: true }), ['启用']),
  at(
    'S99-review-bad',
    site({
      stage: 'REVIEW',
      changes,
      problems: [
        'centre.url：连不上 center.yungang.example:8443，五秒内没有回答',
        'receiptPrinter：按新型号查询状态，没有回答',
      ],
    }),
  ),
  at('S99-applying', site({ stage: 'APPLYING', changes, tried: true }), [], true),
]
