import { readModel } from '../drivers/asset/model-file.ts'
import { readJson, type BadFile } from '../drivers/asset/read-json.ts'
import { CertificatePrinter } from '../drivers/certificate-printer/device.ts'
import { CertificatePrinterProfile } from '../drivers/certificate-printer/profile.ts'
import { RowTemplate } from '../drivers/certificate-printer/row-template.ts'
import { IdCardReader } from '../drivers/id-card/device.ts'
import { ReceiptPrinter } from '../drivers/receipt-printer/device.ts'
import { ReceiptPrinterProfile } from '../drivers/receipt-printer/profile.ts'
import { ReceiptTemplate } from '../drivers/receipt-printer/template.ts'
import { Scanner } from '../drivers/scanner/device.ts'
import type { HidFramingName } from '../drivers/transport/hid-framing.ts'
import { transportAt } from '../drivers/transport/parse.ts'
import type { Transport } from '../drivers/transport/transport.ts'
import { assetPath } from '../lib/assets.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { err, ok, type Result } from '../lib/result.ts'
import type { SlipTemplates } from './services/annual-review/slips.ts'
import type { Site } from './site/schema.ts'

/** The hands of this kiosk, as the site file names them. None is opened yet. */
export interface Devices {
  readonly reader: IdCardReader | null
  readonly scanner: Scanner | null
  readonly receiptPrinter: ReceiptPrinter | null
  readonly certificatePrinter: CertificatePrinter | null
  /** What the certificate printer prints on; for the picture on S07. */
  readonly row: { readonly template: RowTemplate; readonly profile: CertificatePrinterProfile } | null
  readonly slips: SlipTemplates
}

/** Line speeds where the site file names none, bits per second. */
const BAUD = { 'id-card': 115_200, scanner: 9_600, 'receipt-printer': 115_200, 'certificate-printer': 9_600 } as const
const DEFAULT_MODELS = { receipt: 'generic-80', escp2: 'escp2-slip', pr2: 'pr2-generic' } as const

/** How bytes travel in HID reports where the site file does not say. */
const FRAMING = { 'id-card': 'length-prefixed-64', scanner: 'hid-pos' } as const

type LineOrHid = NonNullable<Site['devices']['id-card']>['transport']
type Line = NonNullable<Site['devices']['receipt-printer']>['transport']
type Hid = Exclude<LineOrHid, Line>

/** Builds the devices of `site`; a profile or template that cannot be used stops the kiosk with its file and place. */
export async function buildDevices(site: Site, clock: Clock, log: Log): Promise<Result<Devices, BadFile>> {
  const { 'id-card': idCard, scanner, 'receipt-printer': receipt, 'certificate-printer': certificate } = site.devices
  const [endorsed, accepted, notPassed] = await Promise.all([
    readJson(assetPath('templates', 'p04-endorsement-receipt.json'), ReceiptTemplate),
    readJson(assetPath('templates', 'p04-acceptance-receipt.json'), ReceiptTemplate),
    readJson(assetPath('templates', 'p03-review-not-passed.json'), ReceiptTemplate),
  ])
  if (!endorsed.ok) return endorsed
  if (!accepted.ok) return accepted
  if (!notPassed.ok) return notPassed

  let receiptPrinter: ReceiptPrinter | null = null
  if (receipt !== undefined) {
    const profile = await readModel(receipt.model ?? DEFAULT_MODELS.receipt, ReceiptPrinterProfile)
    if (!profile.ok) return profile
    const transport = lineTo(receipt.transport, BAUD['receipt-printer'])
    receiptPrinter = new ReceiptPrinter({ transport, profile: profile.value, clock, log })
  }

  let certificatePrinter: CertificatePrinter | null = null
  let row: Devices['row'] = null
  if (certificate !== undefined) {
    const [profile, template] = await Promise.all([
      readModel(certificate.model ?? DEFAULT_MODELS[certificate.driver], CertificatePrinterProfile),
      readJson(assetPath('templates', 'endorsement-row.json'), RowTemplate),
    ])
    if (!profile.ok) return profile
    if (!template.ok) return template
    if (profile.value.protocol.replace('-', '') !== certificate.driver) {
      const detail = `devices.certificate-printer.model speaks ${profile.value.protocol}, the driver is ${certificate.driver}`
      return err({ code: 'BAD_FILE', detail })
    }
    row = { template: template.value, profile: profile.value }
    certificatePrinter = new CertificatePrinter({
      transport: lineTo(certificate.transport, BAUD['certificate-printer']),
      profile: profile.value,
      template: template.value,
      calibration: certificate.calibration,
      clock,
      log,
    })
  }

  return ok({
    reader: idCard === undefined ? null : new IdCardReader(lineOrHidTo(idCard.transport, 'id-card'), clock, log),
    scanner: scanner === undefined ? null : new Scanner(lineOrHidTo(scanner.transport, 'scanner'), clock, log),
    receiptPrinter,
    certificatePrinter,
    row,
    slips: { endorsed: endorsed.value, accepted: accepted.value, notPassed: notPassed.value },
  })
}

function lineOrHidTo(transport: LineOrHid, role: keyof typeof FRAMING): Transport {
  return transport.kind === 'hid' ? hidTo(transport, FRAMING[role]) : lineTo(transport, BAUD[role])
}

function hidTo(transport: Hid, defaultFraming: HidFramingName): Transport {
  const { vendorId, productId, serialNumber, usagePage, framing = defaultFraming } = transport
  return transportAt({
    kind: 'hid',
    vendorId: parseInt(vendorId, 16),
    productId: parseInt(productId, 16),
    ...(serialNumber !== undefined && { serialNumber }),
    ...(usagePage !== undefined && { usagePage: parseInt(usagePage, 16) }),
    framing,
  })
}

function lineTo(transport: Line, defaultBaud: number): Transport {
  if (transport.kind === 'tcp') return transportAt({ kind: 'tcp', host: transport.host, port: transport.port })
  const { path, baud = defaultBaud, parity = 'none', flow = 'none' } = transport
  return transportAt({
    kind: 'serial',
    path,
    baudRate: baud,
    dataBits: 8,
    parity,
    stopBits: 1,
    rtscts: flow === 'rtscts',
    xonxoff: flow === 'xonxoff',
  })
}
