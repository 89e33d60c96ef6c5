import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readModel } from '../drivers/asset/model-file.ts'
import { readJson } from '../drivers/asset/read-json.ts'
import { CertificatePrinterProfile } from '../drivers/certificate-printer/profile.ts'
import { RowTemplate } from '../drivers/certificate-printer/row-template.ts'
import { SimulatedSheet } from '../drivers/certificate-printer/simulated-sheet.ts'
import { CertificatePrinterSimulator } from '../drivers/certificate-printer/simulator.ts'
import { SamSimulator } from '../drivers/id-card/simulator.ts'
import { loadLettering } from '../drivers/raster/lettering.ts'
import { ReceiptPrinterProfile } from '../drivers/receipt-printer/profile.ts'
import { ReceiptPrinterSimulator } from '../drivers/receipt-printer/simulator.ts'
import { ScannerSimulator } from '../drivers/scanner/simulator.ts'
import type { ServeDevice } from '../drivers/transport/device-line.ts'
import { hostOnPty, hostOnTcp, type HostedSimulator } from '../drivers/transport/host.ts'
import { createCentral, type Central } from '../central/server/central.ts'
import { readProvinceFile } from '../central/server/province-file.ts'
import { DEMO_STATION_CODE } from '../central/server/seed/demo.ts'
import { DEMO_PEOPLE } from '../central/server/seed/people.ts'
import type { LocalDate } from '../domain/local-date.ts'
import type { DockCommand, DockState } from '../ipc/rig.ts'
import { assetPath } from '../lib/assets.ts'
import type { Clock } from '../lib/clock.ts'
import { expectOk } from '../lib/result.ts'
import { CentreGate } from './centre-gate.ts'
import { cardOf } from './cards.ts'
import { renderPortrait } from './faces.ts'

export interface RigOptions {
  readonly clock: Clock
  readonly province?: string
  /** Fixes the centre's calendar day. */
  readonly today?: () => LocalDate
  /** Printers take the time real ones take, and the card reader's line that of 115200 baud. */
  readonly realSpeed?: boolean
  /** More of the site file, merged over the demo's. */
  readonly site?: Readonly<Record<string, unknown>>
}

const RECEIPT_MODEL = 'generic-80'
const CERTIFICATE_MODEL = 'escp2-slip'
/** Bits per second of every simulated line: what makers of ID card readers deliver. */
const LINE_BAUD = 115_200

/** People whose card the dock can put on the reader, in its order. */
const people = Object.entries(DEMO_PEOPLE)

/**
 * A whole station in one process: every device of the kiosk as a simulator behind a real pty (a TCP port where there are
 * no ptys), and a reference centre with demo data. The kiosk meets them as it meets real ones: through its site file.
 */
export class Rig {
  readonly central: Central
  readonly gate: CentreGate
  readonly reader: SamSimulator
  readonly scanner: ScannerSimulator
  readonly receiptPrinter: ReceiptPrinterSimulator
  readonly certificatePrinter: CertificatePrinterSimulator
  readonly template: RowTemplate
  readonly sitePath: string
  private readonly folder: string
  private readonly hosts: readonly HostedSimulator[]
  private cardOnReader: number | null = null
  private receiptPaper: DockState['receiptPaper'] = 'OK'
  private receiptCoverOpen = false

  private constructor(parts: {
    central: Central
    gate: CentreGate
    reader: SamSimulator
    scanner: ScannerSimulator
    receiptPrinter: ReceiptPrinterSimulator
    certificatePrinter: CertificatePrinterSimulator
    template: RowTemplate
    sitePath: string
    folder: string
    hosts: readonly HostedSimulator[]
  }) {
    this.central = parts.central
    this.gate = parts.gate
    this.reader = parts.reader
    this.scanner = parts.scanner
    this.receiptPrinter = parts.receiptPrinter
    this.certificatePrinter = parts.certificatePrinter
    this.template = parts.template
    this.sitePath = parts.sitePath
    this.folder = parts.folder
    this.hosts = parts.hosts
  }

  static async start(options: RigOptions): Promise<Rig> {
    const { clock, realSpeed = false } = options
    const folder = mkdtempSync(join(tmpdir(), 'kiosk-rig-'))
    const province = options.province ?? 'guangdong'
    const [lettering, receiptProfile, certificateProfile, template] = await Promise.all([
      loadLettering(),
      readModel(RECEIPT_MODEL, ReceiptPrinterProfile),
      readModel(CERTIFICATE_MODEL, CertificatePrinterProfile),
      readJson(assetPath('templates', 'endorsement-row.json'), RowTemplate),
    ])
    const central = createCentral({
      clock,
      province: readProvinceFile(assetPath('provinces', `${province}.json`)),
      data: ':memory:',
      seed: {},
      ...(options.today === undefined ? {} : { today: options.today }),
    })
    const gate = new CentreGate(central.app, clock)
    const reader = new SamSimulator(clock, realSpeed ? { line: { baud: LINE_BAUD } } : {})
    const scanner = new ScannerSimulator(clock, { encoding: 'utf-8', suffix: '\r' })
    const receiptPrinter = new ReceiptPrinterSimulator({
      profile: expectOk(receiptProfile, 'receipt printer profile'),
      clock,
      lettering,
      realSpeed,
    })
    const certificatePrinter = new CertificatePrinterSimulator({
      profile: expectOk(certificateProfile, 'certificate printer profile'),
      clock,
      lettering,
      realSpeed,
    })
    const url = await central.listen()
    const hosts: HostedSimulator[] = []
    const host = async (name: string, serve: ServeDevice): Promise<unknown> => {
      const hosted = await hostSimulator(serve, join(folder, name))
      hosts.push(hosted.simulator)
      return hosted.transport
    }
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
      devices: {
        'id-card': { driver: 'sam-v', transport: await host('id-card', reader.serve) },
        scanner: { driver: 'serial', transport: await host('scanner', scanner.serve) },
        'receipt-printer': {
          driver: 'esc-pos',
          model: RECEIPT_MODEL,
          transport: await host('receipt-printer', receiptPrinter.serve),
        },
        'certificate-printer': {
          driver: 'escp2',
          model: CERTIFICATE_MODEL,
          transport: await host('certificate-printer', certificatePrinter.serve),
        },
        camera: {},
      },
      ...options.site,
    }
    mkdirSync(folder, { recursive: true })
    const sitePath = join(folder, 'site.json')
    writeFileSync(sitePath, JSON.stringify(site, null, 2))
    return new Rig({
      ...{ central, gate, reader, scanner, receiptPrinter, certificatePrinter },
      ...{ template: expectOk(template, 'row template'), sitePath, folder, hosts },
    })
  }

  /** Registers the rendered portraits; the centre answers without them until then. */
  async registerPortraits(): Promise<void> {
    const owner = await renderPortrait('owner')
    const other = await renderPortrait('other')
    const store = this.central.database.prepare('UPDATE person SET portrait = ? WHERE id_no = ?')
    for (const [name, { idNo }] of people) store.run(name === 'owner' ? owner : other, idNo)
  }

  /** Puts a certificate whose first `inkedRows` rows were endorsed in earlier years into the printer's slot. */
  insertCertificate(): SimulatedSheet {
    const sheet = new SimulatedSheet(this.template.page.widthMm, this.template.page.heightMm)
    this.certificatePrinter.insert(sheet)
    return sheet
  }

  command(command: DockCommand): void {
    switch (command.type) {
      case 'PLACE_CARD': {
        const person = people[command.person]
        if (person === undefined) return
        this.cardOnReader = command.person
        this.reader.insertCard(cardOf(person[1]))
        return
      }
      case 'LIFT_CARD':
        this.cardOnReader = null
        this.reader.removeCard()
        return
      case 'SCAN':
        this.scanner.show(command.text)
        return
      case 'INSERT_CERTIFICATE':
        if (this.certificatePrinter.documentPlace === 'none') this.insertCertificate()
        return
      case 'TAKE_CERTIFICATE':
        this.certificatePrinter.remove()
        return
      case 'RECEIPT_PAPER':
        this.receiptPaper = command.state
        this.receiptPrinter.faults = { ...this.receiptPrinter.faults, nearEnd: command.state === 'LOW' }
        if (command.state === 'OUT') this.receiptPrinter.trouble('PAPER_OUT')
        else this.receiptPrinter.mend('PAPER_OUT')
        return
      case 'RECEIPT_COVER':
        this.receiptCoverOpen = command.open
        if (command.open) this.receiptPrinter.trouble('COVER_OPEN')
        else this.receiptPrinter.mend('COVER_OPEN')
        return
      case 'CERTIFICATE_JAM':
        if (command.jammed) this.certificatePrinter.trouble('JAM')
        else this.certificatePrinter.mend('JAM')
        return
      case 'CENTRE':
        this.gate.state = command.state
        return
    }
  }

  state(): DockState {
    const sms = this.central.admin.sentSms().at(-1)
    return {
      people: people.map(([, { name }]) => ({ label: name })),
      cardOnReader: this.cardOnReader,
      certificateInPrinter: this.certificatePrinter.documentPlace !== 'none',
      receiptPaper: this.receiptPaper,
      receiptCoverOpen: this.receiptCoverOpen,
      centre: this.gate.state,
      lastSms: sms === undefined ? null : `${sms.phone}：${sms.code}`,
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.close()))
    await this.central.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Ptys where the system has them and `serialport` can open them (Linux); a loopback port elsewhere. */
async function hostSimulator(
  serve: ServeDevice,
  link: string,
): Promise<{ simulator: HostedSimulator; transport: Readonly<Record<string, unknown>> }> {
  if (process.platform === 'linux') {
    const simulator = expectOk(await hostOnPty(serve, link), 'no pty')
    return { simulator, transport: { kind: 'serial', path: simulator.address, baud: LINE_BAUD } }
  }
  const simulator = expectOk(await hostOnTcp(serve, { host: '127.0.0.1', port: 0 }), 'no port')
  const [host = '', port = '0'] = simulator.address.split(':')
  return { simulator, transport: { kind: 'tcp', host, port: Number(port) } }
}
