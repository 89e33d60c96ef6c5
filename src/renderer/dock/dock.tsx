import './dock.css'
import { useState, useSyncExternalStore, type ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import type { DockState } from '../../ipc/rig.ts'
import { Faults } from './faults.tsx'
import { bridge, Device, Operate, type StateProps } from './parts.tsx'

/**
 * The dock beside the screen in development and in the demo: hands for the simulated devices and the centre. Its words
 * stand here and not in the text file, which is shipped; the dock is not in a production build.
 */

let current: DockState | null = null

function subscribe(listener: () => void): () => void {
  return bridge.onState((state) => {
    current = state
    listener()
  })
}

function Dock(): ReactElement {
  const state = useSyncExternalStore(subscribe, () => current)
  if (state === null) return <main className="dock">正在等待模拟设备……</main>
  return (
    <main className="dock">
      <CardReader state={state} />
      <Scanner state={state} />
      <CertificatePrinter state={state} />
      <ReceiptPrinter state={state} />
      <DocumentPrinter state={state} />
      <Power state={state} />
      <Cabinet state={state} />
      <Centre state={state} />
      <Faults state={state} />
    </main>
  )
}

function CardReader({ state }: StateProps): ReactElement {
  const { people, cardOnReader, plugs } = state
  return (
    <Device
      name="身份证阅读器"
      status={cardOnReader === null ? '没有卡' : (people[cardOnReader]?.label ?? '')}
      plug={{ device: 'id-card', state: plugs['id-card'] }}
    >
      <div className="row">
        {people.map(({ label }, person) => (
          <Operate key={label} command={{ type: 'PLACE_CARD', person }} on={cardOnReader === person}>
            {label}
          </Operate>
        ))}
        <Operate command={{ type: 'LIFT_CARD' }}>拿走卡</Operate>
      </div>
    </Device>
  )
}

function Scanner({ state }: StateProps): ReactElement {
  const [scanned, setScanned] = useState('')
  return (
    <Device name="扫码器" plug={{ device: 'scanner', state: state.plugs.scanner }}>
      <div className="row">
        {state.codes.map(({ label, text }) => (
          <Operate key={label} command={{ type: 'SCAN', text }}>
            {label}
          </Operate>
        ))}
      </div>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault()
          if (scanned !== '') bridge.send({ type: 'SCAN', text: scanned })
        }}
      >
        <input
          aria-label="码的内容"
          placeholder="码的内容"
          maxLength={4096}
          value={scanned}
          onChange={(event) => setScanned(event.target.value)}
        />
        <button type="submit">扫码</button>
      </form>
    </Device>
  )
}

function CertificatePrinter({ state }: StateProps): ReactElement {
  const { certificateInPrinter, certificateTroubles, plugs } = state
  const [jam, cover] = [certificateTroubles.includes('JAM'), certificateTroubles.includes('COVER_OPEN')]
  return (
    <Device
      name="证件打印机"
      status={certificateInPrinter ? '里面有证' : '空'}
      plug={{ device: 'certificate-printer', state: plugs['certificate-printer'] }}
    >
      <div className="row">
        <Operate command={{ type: 'INSERT_CERTIFICATE' }} on={certificateInPrinter}>
          放入运输证
        </Operate>
        <Operate command={{ type: 'INSERT_CERTIFICATE', page: 'WRONG' }}>放入别的本子</Operate>
        <Operate command={{ type: 'TAKE_CERTIFICATE' }}>取出</Operate>
        <Operate command={{ type: 'CERTIFICATE_TROUBLE', trouble: 'JAM', on: !jam }} on={jam}>
          卡纸
        </Operate>
        <Operate command={{ type: 'CERTIFICATE_TROUBLE', trouble: 'COVER_OPEN', on: !cover }} on={cover}>
          开盖
        </Operate>
      </div>
    </Device>
  )
}

const PAPERS = { OK: '纸够', LOW: '纸将尽', OUT: '没纸' } as const
const RECEIPT_TROUBLES = { COVER_OPEN: '开盖', JAM: '卡纸', CUTTER: '切刀卡住' } as const

function ReceiptPrinter({ state }: StateProps): ReactElement {
  const { receiptPaper, receiptTroubles, plugs } = state
  return (
    <Device name="凭条打印机" plug={{ device: 'receipt-printer', state: plugs['receipt-printer'] }}>
      <div className="row">
        {keysOf(PAPERS).map((paper) => (
          <Operate key={paper} command={{ type: 'RECEIPT_PAPER', state: paper }} on={receiptPaper === paper}>
            {PAPERS[paper]}
          </Operate>
        ))}
        {keysOf(RECEIPT_TROUBLES).map((trouble) => {
          const on = receiptTroubles.includes(trouble)
          return (
            <Operate key={trouble} command={{ type: 'RECEIPT_TROUBLE', trouble, on: !on }} on={on}>
              {RECEIPT_TROUBLES[trouble]}
            </Operate>
          )
        })}
      </div>
    </Device>
  )
}

const PAGE_TROUBLES = {
  'media-empty': '没纸',
  'media-jam': '卡纸',
  'output-area-full': '出纸口满',
  'cover-open': '开盖',
} as const
const TONER = [80, 8, 0] as const

function DocumentPrinter({ state }: StateProps): ReactElement {
  const { pageTroubles, toner, plugs } = state
  return (
    <Device
      name="A4 打印机"
      status={`墨粉 ${toner}%`}
      plug={{ device: 'document-printer', state: plugs['document-printer'] }}
    >
      <div className="row">
        {keysOf(PAGE_TROUBLES).map((trouble) => {
          const on = pageTroubles.includes(trouble)
          return (
            <Operate key={trouble} command={{ type: 'PAGE_TROUBLE', trouble, on: !on }} on={on}>
              {PAGE_TROUBLES[trouble]}
            </Operate>
          )
        })}
        {TONER.map((percent) => (
          <Operate key={percent} command={{ type: 'TONER', percent }} on={toner === percent}>
            墨粉 {percent}%
          </Operate>
        ))}
      </div>
    </Device>
  )
}

const UPS_STATES = { MAINS: '市电', BATTERY: '停电', LOW: '电池将尽' } as const

function Power({ state }: StateProps): ReactElement {
  return (
    <Device name="UPS" plug={{ device: 'ups', state: state.plugs.ups }}>
      <div className="row">
        {keysOf(UPS_STATES).map((each) => (
          <Operate key={each} command={{ type: 'UPS', state: each }} on={state.ups === each}>
            {UPS_STATES[each]}
          </Operate>
        ))}
      </div>
    </Device>
  )
}

const CONTACTS = { 'cabinet-door': '柜门打开', tamper: '防拆触发', 'paper-in-tray': '托盘有纸' } as const

function Cabinet({ state }: StateProps): ReactElement {
  return (
    <Device name="柜门与灯" plug={{ device: 'io-board', state: state.plugs['io-board'] }}>
      <div className="row">
        {keysOf(CONTACTS).map((contact) => {
          const on = state.contacts.includes(contact)
          return (
            <Operate key={contact} command={{ type: 'CONTACT', contact, on: !on }} on={on}>
              {CONTACTS[contact]}
            </Operate>
          )
        })}
      </div>
    </Device>
  )
}

const WEATHERS = { UP: '正常', SLOW: '很慢', DOWN: '断网', DEAF: '答复丢失', TWICE: '重复送达' } as const

function Centre({ state }: StateProps): ReactElement {
  return (
    <Device name="中心平台与网络">
      <div className="row">
        {keysOf(WEATHERS).map((weather) => (
          <Operate key={weather} command={{ type: 'CENTRE', state: weather }} on={state.centre === weather}>
            {WEATHERS[weather]}
          </Operate>
        ))}
      </div>
      {state.lastSms !== null && <p className="sms">最近的短信 {state.lastSms}</p>}
    </Device>
  )
}

function keysOf<T extends object>(of: T): readonly (keyof T)[] {
  return Object.keys(of) as (keyof T)[]
}

const root = document.getElementById('root')
if (root === null) throw new Error('no #root in the page')
createRoot(root).render(<Dock />)
