import { readModel } from '../drivers/asset/model-file.ts'
import { readJson, type BadFile } from '../drivers/asset/read-json.ts'
import { CertificatePrinter } from '../drivers/certificate-printer/device.ts'
import { CertificatePrinterProfile } from '../drivers/certificate-printer/profile.ts'
import { RowTemplate } from '../drivers/certificate-printer/row-template.ts'
import { IdCardReader, type CardReader } from '../drivers/id-card/device.ts'
import { PcscIdCardReader } from '../drivers/id-card/pcsc-reader.ts'
import { unixTransport } from '../drivers/pcsc/unix-transport.ts'
import { ReceiptPrinter } from '../drivers/receipt-printer/device.ts'
import { ReceiptPrinterProfile } from '../drivers/receipt-printer/profile.ts'
import { ReceiptTemplate } from '../drivers/receipt-printer/template.ts'
import { Scanner } from '../drivers/scanner/device.ts'
import { KeyboardSource } from '../drivers/scanner/keyboard-source.ts'
import { scannerProtocol } from '../drivers/scanner/protocol/choose.ts'
import { DEFAULT_WEDGE_RULES } from '../drivers/scanner/wedge.ts'
import type { Supervised } from '../drivers/supervisor/post.ts'
import { assetPath } from '../lib/assets.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { lineOf, type SiteTransport } from './device-lines.ts'
import { buildFurniture, type Furniture } from './furniture.ts'
import type { SlipTemplates } from './services/annual-review/slips.ts'
import type { Site } from './site/schema.ts'

/** The hands of this kiosk, as the site file names them. None is opened yet. */
export interface Devices extends Furniture {
  readonly reader: CardReader | null
  readonly scanner: Scanner | null
  /** Where the scanner types: takes the keys that the page caught. */
  readonly keys: KeyboardSource | null
  readonly receiptPrinter: ReceiptPrinter | null
  readonly certificatePrinter: CertificatePrinter | null
  /** What the certificate printer prints on; for the picture on S07. */
  readonly row: { readonly template: RowTemplate; readonly profile: CertificatePrinterProfile } | null
  readonly slips: SlipTemplates
  /** Every device of the site, for the supervisor, and for closing them all. */
  readonly supervised: readonly Supervised[]
}

const DEFAULT_MODELS = { receipt: 'generic-80', escp2: 'escp2-slip', pr2: 'pr2-generic' } as const

/** Builds the devices of `site`; a profile or template that cannot be used stops the kiosk with its file and place. */
export async function buildDevices(site: Site, clock: Clock, log: Log): Promise<Result<Devices, BadFile>> {
  const slips = await readSlips()
  if (!slips.ok) return slips
  const supervised: Supervised[] = []

  const { scanner: scanning } = site.devices
  const idCard = buildCardReader(site, clock, log)
  if (idCard !== null) supervised.push({ role: 'id-card', ...idCard })
  let scanner: Scanner | null = null
  let keys: KeyboardSource | null = null
  if (scanning !== undefined) {
    const { driver, unverified, transport } = scanning
    if (transport.kind === 'keyboard')
      keys = new KeyboardSource(clock, { ...DEFAULT_WEDGE_RULES, prefix: transport.prefix })
    const line =
      keys === null
        ? lineOf('scanner', { ...scanning, transport: transport as SiteTransport }, clock)
        : { transport: keys }
    scanner = new Scanner(line.transport, clock, log, scannerProtocol(driver, unverified))
    supervised.push({ role: 'scanner', device: scanner, gate: 'gate' in line ? line.gate : undefined })
  }

  const receipt = await buildReceiptPrinter(site, clock, log)
  if (!receipt.ok) return receipt
  const certificate = await buildCertificatePrinter(site, clock, log)
  if (!certificate.ok) return certificate
  const furniture = await buildFurniture(site, clock, log)
  if (!furniture.ok) return furniture

  return ok({
    ...furniture.value.furniture,
    reader: idCard?.device ?? null,
    scanner,
    keys,
    receiptPrinter: receipt.value?.printer ?? null,
    certificatePrinter: certificate.value?.printer ?? null,
    row: certificate.value?.row ?? null,
    slips: slips.value,
    supervised: [
      ...supervised,
      ...(receipt.value === null ? [] : [receipt.value.supervised]),
      ...(certificate.value === null ? [] : [certificate.value.supervised]),
      ...furniture.value.supervised,
    ],
  })
}

function buildCardReader(
  site: Site,
  clock: Clock,
  log: Log,
): { readonly device: CardReader; readonly gate?: Supervised['gate'] } | null {
  const named = site.devices['id-card']
  if (named === undefined) return null
  if (named.driver === 'pcsc') {
    const { socket, reader } = named
    const transport = unixTransport(socket, clock)
    return { device: new PcscIdCardReader({ transport, clock, log, ...(reader !== undefined && { reader }) }) }
  }
  const { transport, gate } = lineOf('id-card', named, clock)
  return { device: new IdCardReader(transport, clock, log, { protocol: named.driver }), gate }
}

async function readSlips(): Promise<Result<SlipTemplates, BadFile>> {
  const [endorsed, accepted, notPassed] = await Promise.all([
    readJson(assetPath('templates', 'p04-endorsement-receipt.json'), ReceiptTemplate),
    readJson(assetPath('templates', 'p04-acceptance-receipt.json'), ReceiptTemplate),
    readJson(assetPath('templates', 'p03-review-not-passed.json'), ReceiptTemplate),
  ])
  if (!endorsed.ok) return endorsed
  if (!accepted.ok) return accepted
  if (!notPassed.ok) return notPassed
  return ok({ endorsed: endorsed.value, accepted: accepted.value, notPassed: notPassed.value })
}

interface BuiltReceiptPrinter {
  readonly printer: ReceiptPrinter
  readonly supervised: Supervised
}

async function buildReceiptPrinter(
  site: Site,
  clock: Clock,
  log: Log,
): Promise<Result<BuiltReceiptPrinter | null, BadFile>> {
  const receipt = site.devices['receipt-printer']
  if (receipt === undefined) return ok(null)
  const profile = await readModel(receipt.model ?? DEFAULT_MODELS.receipt, ReceiptPrinterProfile)
  if (!profile.ok) return profile
  const { transport, gate } = lineOf('receipt-printer', receipt, clock)
  const printer = new ReceiptPrinter({ transport, profile: profile.value, clock, log, extraFonts: receipt.fonts })
  return ok({ printer, supervised: { role: 'receipt-printer', device: printer, gate } })
}

interface BuiltCertificatePrinter {
  readonly printer: CertificatePrinter
  readonly row: NonNullable<Devices['row']>
  readonly supervised: Supervised
}

async function buildCertificatePrinter(
  site: Site,
  clock: Clock,
  log: Log,
): Promise<Result<BuiltCertificatePrinter | null, BadFile>> {
  const certificate = site.devices['certificate-printer']
  if (certificate === undefined) return ok(null)
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
  const { transport, gate } = lineOf('certificate-printer', certificate, clock)
  const printer = new CertificatePrinter({
    transport,
    profile: profile.value,
    template: template.value,
    calibration: certificate.calibration,
    extraFonts: certificate.fonts,
    clock,
    log,
  })
  return ok({
    printer,
    row: { template: template.value, profile: profile.value },
    supervised: { role: 'certificate-printer', device: printer, gate },
  })
}
