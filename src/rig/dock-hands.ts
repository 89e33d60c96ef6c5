import type { Central } from '../central/server/central.ts'
import { DEMO_PEOPLE } from '../central/server/seed/people.ts'
import { SimulatedSheet } from '../drivers/certificate-printer/simulated-sheet.ts'
import { RIG_DEVICES, type DockCommand, type DockState, type RigDevice } from '../ipc/rig.ts'
import type { Bench } from './bench.ts'
import { CONTACT_CHANNELS } from './bench.ts'
import { DOCK_CARDS } from './cards.ts'
import type { CentreGate } from './centre-gate.ts'
import { faultFiles, loadFaults, readFaultFile } from './faults.ts'

/** A passport page, as somebody might put in by mistake. Millimetres. */
const WRONG_PAGE = { widthMm: 88, heightMm: 125 }

type State<Name extends keyof DockState> = DockState[Name]

/** The hands at the dock: they do to the simulated devices what a person does to real ones, and see what she sees. */
export class DockHands {
  private readonly bench: Bench
  private readonly gate: CentreGate
  private readonly central: Central
  private readonly codes: State<'codes'>
  private cardOnReader: number | null = null
  private receiptPaper: State<'receiptPaper'> = 'OK'
  private ups: State<'ups'> = 'MAINS'
  private toner = 80
  private readonly receiptTroubles = new Set<State<'receiptTroubles'>[number]>()
  private readonly certificateTroubles = new Set<State<'certificateTroubles'>[number]>()
  private readonly pageTroubles = new Set<State<'pageTroubles'>[number]>()
  private readonly contacts = new Set<State<'contacts'>[number]>()
  private faults: State<'faults'> = null

  constructor(bench: Bench, gate: CentreGate, central: Central) {
    this.bench = bench
    this.gate = gate
    this.central = central
    this.codes = codesOf(central)
  }

  obey(command: DockCommand): void {
    const { scanner, certificatePrinter, sockets } = this.bench
    switch (command.type) {
      case 'PLACE_CARD':
        this.placeCard(command.person)
        return
      case 'LIFT_CARD':
        this.liftCard()
        return
      case 'SCAN':
        scanner.show(command.text)
        return
      case 'INSERT_CERTIFICATE':
        this.insert(command.page ?? 'RECORD')
        return
      case 'TAKE_CERTIFICATE':
        certificatePrinter.remove()
        return
      case 'CERTIFICATE_TROUBLE':
        toggle(this.certificateTroubles, command.trouble, command.on)
        if (command.on) certificatePrinter.trouble(command.trouble)
        else certificatePrinter.mend(command.trouble)
        return
      case 'RECEIPT_PAPER':
        this.loadReceiptPaper(command.state)
        return
      case 'RECEIPT_TROUBLE':
        toggle(this.receiptTroubles, command.trouble, command.on)
        if (command.on) this.bench.receiptPrinter.trouble(command.trouble)
        else this.bench.receiptPrinter.mend(command.trouble)
        return
      case 'PAGE_TROUBLE':
        toggle(this.pageTroubles, command.trouble, command.on)
        this.tellPages()
        return
      case 'TONER':
        this.toner = command.percent
        this.tellPages()
        return
      case 'UPS':
        this.ups = command.state
        this.bench.ups.set({ utilityFail: command.state !== 'MAINS', batteryLow: command.state === 'LOW' })
        return
      case 'CONTACT':
        toggle(this.contacts, command.contact, command.on)
        this.bench.board.setInput(CONTACT_CHANNELS[command.contact], command.on)
        return
      case 'CENTRE':
        this.gate.state = command.state
        return
      case 'PLUG':
        void sockets[command.device].turn(command.state).then(() => this.tellPages())
        return
      case 'FAULTS':
        this.load(command.device, command.script)
        return
      case 'FAULT_FILE':
        this.loadFile(command.device, command.file)
        return
    }
  }

  state(): DockState {
    const sms = this.central.admin.sentSms().at(-1)
    const { sockets, certificatePrinter } = this.bench
    return {
      people: DOCK_CARDS.map(({ label }) => ({ label })),
      cardOnReader: this.cardOnReader,
      codes: this.codes,
      certificateInPrinter: certificatePrinter.documentPlace !== 'none',
      certificateTroubles: [...this.certificateTroubles],
      receiptPaper: this.receiptPaper,
      receiptTroubles: [...this.receiptTroubles],
      pageTroubles: [...this.pageTroubles],
      toner: this.toner,
      ups: this.ups,
      contacts: [...this.contacts],
      centre: this.gate.state,
      plugs: Object.fromEntries(RIG_DEVICES.map((device) => [device, sockets[device].state])) as DockState['plugs'],
      faultFiles: [...faultFiles()],
      faults: this.faults,
      lastSms: sms === undefined ? null : `${sms.phone}：${sms.code}`,
    }
  }

  private placeCard(index: number): void {
    const placed = DOCK_CARDS[index]
    if (placed === undefined) return
    this.liftCard()
    this.cardOnReader = index
    const { reader } = this.bench
    if (placed.defective) reader.misbehave({ faults: [{ kind: 'sw3', on: 'read', code: 0x41, times: 0 }] })
    reader.insertCard(placed.card)
  }

  /** A defective card takes its defect along. */
  private liftCard(): void {
    const { reader } = this.bench
    if (this.cardOnReader !== null && DOCK_CARDS[this.cardOnReader]?.defective === true) reader.misbehave({})
    this.cardOnReader = null
    reader.removeCard()
  }

  private insert(page: 'RECORD' | 'WRONG'): void {
    const { certificatePrinter, template } = this.bench
    if (certificatePrinter.documentPlace !== 'none') return
    const { widthMm, heightMm } = page === 'RECORD' ? template.page : WRONG_PAGE
    certificatePrinter.insert(new SimulatedSheet(widthMm, heightMm))
  }

  private loadReceiptPaper(state: State<'receiptPaper'>): void {
    const { receiptPrinter } = this.bench
    this.receiptPaper = state
    receiptPrinter.faults = { ...receiptPrinter.faults, nearEnd: state === 'LOW' }
    if (state === 'OUT') receiptPrinter.trouble('PAPER_OUT')
    else receiptPrinter.mend('PAPER_OUT')
  }

  /** The print server that was plugged in anew knows nothing of its printer yet. */
  private tellPages(): void {
    const hosted = this.bench.pages()
    if (hosted === null) return
    hosted.jobs.reasons = [...this.pageTroubles]
    hosted.jobs.toner = this.toner
  }

  private loadFile(device: RigDevice, name: string): void {
    const text = readFaultFile(name)
    if (text.ok) this.load(device, text.value)
    else this.faults = { device, refusal: text.error }
  }

  private load(device: RigDevice, script: string): void {
    const loaded = loadFaults(this.bench, device, script)
    this.faults = { device, refusal: loaded.ok ? null : loaded.error }
  }
}

function toggle<T>(set: Set<T>, item: T, isOn: boolean): void {
  if (isOn) set.add(item)
  else set.delete(item)
}

/** Codes of the demo: a certificate of its owner, an acceptance slip, the badge of technician T001, and nonsense. */
function codesOf(central: Central): State<'codes'> {
  const certificate = central.database
    .prepare<[string], { no: string }>(
      `SELECT certificate_no AS no FROM certificate JOIN vehicle USING (plate_no, plate_color)
       JOIN operator USING (operator_id) WHERE principal_id_no = ? LIMIT 1`,
    )
    .get(DEMO_PEOPLE.owner.idNo)
  return [
    { label: '运输证号', text: certificate?.no ?? '' },
    { label: '受理单', text: 'SL20261123000001' },
    { label: '工牌 T001', text: 'STAFF-T001' },
    { label: '无关的码', text: 'https://example.com/?x=1' },
  ]
}
