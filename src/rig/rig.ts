import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RowTemplate } from '../drivers/certificate-printer/row-template.ts'
import { SimulatedSheet } from '../drivers/certificate-printer/simulated-sheet.ts'
import type { CertificatePrinterSimulator } from '../drivers/certificate-printer/simulator.ts'
import type { SamSimulator } from '../drivers/id-card/simulator.ts'
import type { ReceiptPrinterSimulator } from '../drivers/receipt-printer/simulator.ts'
import type { ScannerSimulator } from '../drivers/scanner/simulator.ts'
import { createCentral, type Central } from '../central/server/central.ts'
import { readProvinceFile } from '../central/server/province-file.ts'
import { DEMO_STATION_CODE } from '../central/server/seed/demo.ts'
import { DEMO_PEOPLE } from '../central/server/seed/people.ts'
import type { LocalDate } from '../domain/local-date.ts'
import type { DockCommand, DockState } from '../ipc/rig.ts'
import { assetPath } from '../lib/assets.ts'
import type { Clock } from '../lib/clock.ts'
import { buildBench, type Bench } from './bench.ts'
import { CentreGate } from './centre-gate.ts'
import { DockHands } from './dock-hands.ts'
import { renderPortrait } from './faces.ts'
import { socketsIn, type MakeSocket } from './socket.ts'

export interface RigOptions {
  readonly clock: Clock
  readonly province?: string
  /** Fixes the centre's calendar day. */
  readonly today?: () => LocalDate
  /** Printers take the time real ones take, and the card reader's line that of 115200 baud. */
  readonly realSpeed?: boolean
  /** More of the site file, merged over the demo's. */
  readonly site?: Readonly<Record<string, unknown>>
  /** How devices are plugged in; by ptys in the rig's folder when absent. */
  readonly sockets?: MakeSocket
}

/**
 * Two technicians of the demo, T001 with PIN 246810 (badge STAFF-T001) and T002 with PIN 135790; made with
 * `npm run staff -- add`.
 */
const DEMO_STAFF = [
  {
    id: 'T001',
    name: '张工',
    pin: 'scrypt$32768$8$1$NMqaMqZlS86TqeZruAfUlQ$DwqL6farGHdkVFrTQuwTNLZn95X0YRiotEH6XZjg4c0',
    badge: 'sha256:84cbff5f3739a0a3162c82d75e67c35b597aff5867efc43d79d152b3b07a3ee6',
  },
  {
    id: 'T002',
    name: '李工',
    pin: 'scrypt$32768$8$1$vI51UBBq9Cd1rgtdzb5_hg$9emvBN__hbQOSZKieCaW6WVFG9eOSkAqwDnVTSUi-Gc',
  },
] as const

/**
 * A whole station in one process: every device of the kiosk as a simulator behind a real pty (a TCP port where there are
 * no ptys), and a reference centre with demo data. The kiosk meets them as it meets real ones: through its site file.
 */
export class Rig {
  readonly central: Central
  readonly gate: CentreGate
  readonly bench: Bench
  readonly sitePath: string
  private readonly folder: string
  private readonly hands: DockHands

  private constructor(parts: {
    readonly central: Central
    readonly gate: CentreGate
    readonly bench: Bench
    readonly sitePath: string
    readonly folder: string
  }) {
    this.central = parts.central
    this.gate = parts.gate
    this.bench = parts.bench
    this.sitePath = parts.sitePath
    this.folder = parts.folder
    this.hands = new DockHands(parts.bench, parts.gate, parts.central)
  }

  static async start(options: RigOptions): Promise<Rig> {
    const { clock, realSpeed = false } = options
    const folder = mkdtempSync(join(tmpdir(), 'kiosk-rig-'))
    const province = options.province ?? 'guangdong'
    const central = createCentral({
      clock,
      province: readProvinceFile(assetPath('provinces', `${province}.json`)),
      data: ':memory:',
      seed: {},
      ...(options.today === undefined ? {} : { today: options.today }),
    })
    const gate = new CentreGate(central.app, clock)
    const [bench, url] = await Promise.all([
      buildBench(clock, realSpeed, options.sockets ?? socketsIn(folder)),
      central.listen(),
    ])
    const site = {
      mode: 'demo',
      site: {
        stationCode: DEMO_STATION_CODE,
        stationName: '样例机动车检验检测站',
        stationKind: 'INSPECTION_STATION',
        areaCode: '990001',
        helpPhone: '12328',
      },
      kiosk: { kioskId: 'demo-kiosk-1', name: '大厅1号机' },
      province,
      centre: { url, enrolmentCode: central.admin.enrolmentCode() },
      devices: bench.devices,
      technician: { staff: DEMO_STAFF },
      ...options.site,
    }
    const sitePath = join(folder, 'site.json')
    writeFileSync(sitePath, JSON.stringify(site, null, 2))
    return new Rig({ central, gate, bench, sitePath, folder })
  }

  get reader(): SamSimulator {
    return this.bench.reader
  }

  get scanner(): ScannerSimulator {
    return this.bench.scanner
  }

  get receiptPrinter(): ReceiptPrinterSimulator {
    return this.bench.receiptPrinter
  }

  get certificatePrinter(): CertificatePrinterSimulator {
    return this.bench.certificatePrinter
  }

  get template(): RowTemplate {
    return this.bench.template
  }

  /** Registers the rendered portraits; the centre answers without them until then. */
  async registerPortraits(): Promise<void> {
    const owner = await renderPortrait('owner')
    const other = await renderPortrait('other')
    const store = this.central.database.prepare('UPDATE person SET portrait = ? WHERE id_no = ?')
    for (const [name, { idNo }] of Object.entries(DEMO_PEOPLE)) store.run(name === 'owner' ? owner : other, idNo)
  }

  /** Puts a certificate, its record page blank, into the printer's slot. */
  insertCertificate(): SimulatedSheet {
    const { widthMm, heightMm } = this.template.page
    const sheet = new SimulatedSheet(widthMm, heightMm)
    this.certificatePrinter.insert(sheet)
    return sheet
  }

  command(command: DockCommand): void {
    this.hands.obey(command)
  }

  state(): DockState {
    return this.hands.state()
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.bench.sockets).map((socket) => socket.close()))
    await this.central.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
