import './dock.css'
import { useState, useSyncExternalStore, type ReactElement, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import type { DockBridge, DockCommand, DockState } from '../../ipc/rig.ts'

/**
 * The dock beside the screen in development and in the demo: hands for the simulated devices and the centre. It is for
 * developers, so it speaks English, and it is not in a production build.
 */

declare global {
  interface Window {
    readonly dock: DockBridge
  }
}

const bridge = window.dock
let current: DockState | null = null

function subscribe(listener: () => void): () => void {
  return bridge.onState((state) => {
    current = state
    listener()
  })
}

function Dock(): ReactElement {
  const state = useSyncExternalStore(subscribe, () => current)
  if (state === null) return <main className="dock">Waiting for the rig …</main>
  return (
    <main className="dock">
      <h1>Rig</h1>
      <p>Simulated devices and centre of this kiosk.</p>
      <CardReader state={state} />
      <Scanner />
      <CertificatePrinter state={state} />
      <ReceiptPrinter state={state} />
      <Centre state={state} />
    </main>
  )
}

function Device(props: {
  readonly name: string
  readonly status?: string
  readonly children: ReactNode
}): ReactElement {
  return (
    <section className="device">
      <h2>
        {props.name} <span>{props.status}</span>
      </h2>
      {props.children}
    </section>
  )
}

interface OperateProps {
  readonly command: DockCommand
  readonly children: ReactNode
  /** For a state that can be on. */
  readonly on?: boolean
}

function Operate({ command, children, on }: OperateProps): ReactElement {
  return (
    <button type="button" aria-pressed={on} onClick={() => bridge.send(command)}>
      {children}
    </button>
  )
}

function CardReader({ state }: { readonly state: DockState }): ReactElement {
  const { people, cardOnReader } = state
  return (
    <Device name="ID card reader" status={cardOnReader === null ? 'no card' : (people[cardOnReader]?.label ?? '')}>
      <div className="row">
        {people.map(({ label }, person) => (
          <Operate key={label} command={{ type: 'PLACE_CARD', person }} on={cardOnReader === person}>
            {label}
          </Operate>
        ))}
        <Operate command={{ type: 'LIFT_CARD' }}>Lift card</Operate>
      </div>
    </Device>
  )
}

function Scanner(): ReactElement {
  const [scanned, setScanned] = useState('')
  return (
    <Device name="Scanner">
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault()
          if (scanned !== '') bridge.send({ type: 'SCAN', text: scanned })
        }}
      >
        <input
          aria-label="Text to scan"
          placeholder="Text of the code"
          maxLength={4096}
          value={scanned}
          onChange={(event) => setScanned(event.target.value)}
        />
        <button type="submit">Scan</button>
      </form>
    </Device>
  )
}

function CertificatePrinter({ state }: { readonly state: DockState }): ReactElement {
  return (
    <Device name="Certificate printer" status={state.certificateInPrinter ? 'certificate inside' : 'empty'}>
      <div className="row">
        <Operate command={{ type: 'INSERT_CERTIFICATE' }} on={state.certificateInPrinter}>
          Insert certificate
        </Operate>
        <Operate command={{ type: 'TAKE_CERTIFICATE' }}>Take certificate</Operate>
        <Operate command={{ type: 'CERTIFICATE_JAM', jammed: true }}>Jam</Operate>
        <Operate command={{ type: 'CERTIFICATE_JAM', jammed: false }}>Clear jam</Operate>
      </div>
    </Device>
  )
}

function ReceiptPrinter({ state }: { readonly state: DockState }): ReactElement {
  const { receiptPaper, receiptCoverOpen } = state
  return (
    <Device name="Receipt printer" status={`paper ${receiptPaper}${receiptCoverOpen ? ', cover open' : ''}`}>
      <div className="row">
        {(['OK', 'LOW', 'OUT'] as const).map((paper) => (
          <Operate key={paper} command={{ type: 'RECEIPT_PAPER', state: paper }} on={receiptPaper === paper}>
            Paper {paper}
          </Operate>
        ))}
        <Operate command={{ type: 'RECEIPT_COVER', open: !receiptCoverOpen }} on={receiptCoverOpen}>
          Cover open
        </Operate>
      </div>
    </Device>
  )
}

function Centre({ state }: { readonly state: DockState }): ReactElement {
  return (
    <Device name="Central platform" status={state.centre}>
      <div className="row">
        {(['UP', 'SLOW', 'DOWN'] as const).map((centre) => (
          <Operate key={centre} command={{ type: 'CENTRE', state: centre }} on={state.centre === centre}>
            {centre}
          </Operate>
        ))}
      </div>
      {state.lastSms !== null && <p className="sms">SMS: {state.lastSms}</p>}
    </Device>
  )
}

const root = document.getElementById('root')
if (root === null) throw new Error('no #root in the page')
createRoot(root).render(<Dock />)
