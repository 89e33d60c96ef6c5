import type { ReceiptPrinterProfile } from '../../src/drivers/receipt-printer/profile.ts'
import { ReceiptPrinterProfile as profileSchema } from '../../src/drivers/receipt-printer/profile.ts'
import { readModel } from '../../src/drivers/asset/model-file.ts'
import { CertificatePrinter } from '../../src/drivers/certificate-printer/device.ts'
import { CertificatePrinterProfile } from '../../src/drivers/certificate-printer/profile.ts'
import { RowTemplate } from '../../src/drivers/certificate-printer/row-template.ts'
import { CertificatePrinterSimulator } from '../../src/drivers/certificate-printer/simulator.ts'
import { readJson } from '../../src/drivers/asset/read-json.ts'
import { IdCardReader } from '../../src/drivers/id-card/device.ts'
import { SamSimulator } from '../../src/drivers/id-card/simulator.ts'
import { ReceiptPrinter } from '../../src/drivers/receipt-printer/device.ts'
import { ReceiptPrinterSimulator } from '../../src/drivers/receipt-printer/simulator.ts'
import type { DeviceRole } from '../../src/drivers/report.ts'
import { floodGate } from '../../src/drivers/supervisor/flood-gate.ts'
import { SHIPPED_PACE } from '../../src/drivers/supervisor/pace.ts'
import type { Supervised } from '../../src/drivers/supervisor/post.ts'
import type { SupervisedDevice } from '../../src/drivers/supervisor/standing.ts'
import { Supervisor } from '../../src/drivers/supervisor/supervisor.ts'
import type { ServeDevice } from '../../src/drivers/transport/device-line.ts'
import { hostOnPty, type HostedSimulator } from '../../src/drivers/transport/host.ts'
import { parseTransport } from '../../src/drivers/transport/parse.ts'
import type { Transport } from '../../src/drivers/transport/transport.ts'
import { Ups } from '../../src/drivers/ups/device.ts'
import { megatecDriver } from '../../src/drivers/ups/driver.ts'
import { UpsSimulator } from '../../src/drivers/ups/simulator.ts'
import { assetPath } from '../../src/lib/assets.ts'
import { delay, systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { expectOk } from '../../src/lib/result.ts'
import { atMost, rounded, type BenchResult } from './figures.ts'

const LIMIT_PERCENT = 2
/** Six rounds of questions at the shipped period. */
const MEASURED_MS = 6 * SHIPPED_PACE.pollMs

/**
 * Eight devices asked by the product's supervisor at the shipped period, through the real `serialport` on ptys, behind
 * their flood gates: processor time of this process as a share of one core. The simulated devices live in the same
 * process, so what they cost is counted against us, too. What the process costs with the same lines open and nobody
 * asking is measured first and reported, not subtracted.
 */
export async function benchPolling(): Promise<BenchResult> {
  const hosts: HostedSimulator[] = []
  const devices = await eightDevices(hosts)
  const changes: string[] = []
  const supervisor = new Supervisor({
    devices,
    clock: systemClock,
    busy: () => false,
    onChange: ({ role, to }) => changes.push(`${role} ${to}`),
  })
  try {
    const idle = await share(MEASURED_MS / 3)
    supervisor.start()
    await delay(systemClock, SHIPPED_PACE.pollMs / 2)
    const percent = await share(MEASURED_MS)
    const usable = supervisor.roles.filter((role) => supervisor.standing(role)?.usable === true).length
    if (usable !== devices.length)
      throw new Error(`only ${usable} of ${devices.length} devices answered: ${changes.join()}`)
    return {
      figures: [atMost('polling of eight devices, percent of one core', percent, LIMIT_PERCENT)],
      details: {
        devices: devices.length,
        pollMs: SHIPPED_PACE.pollMs,
        idlePercent: rounded(idle),
        measuredMs: MEASURED_MS,
      },
    }
  } finally {
    supervisor.stop()
    await Promise.all(devices.map(({ device }) => device.close()))
    await Promise.all(hosts.map((host) => host.close()))
  }
}

/** Processor time, user and system, over `ms` in percent of one core. */
async function share(ms: number): Promise<number> {
  const before = process.cpuUsage()
  const began = performance.now()
  await delay(systemClock, ms)
  const { user, system } = process.cpuUsage(before)
  return (100 * (user + system)) / 1_000 / (performance.now() - began)
}

async function eightDevices(hosts: HostedSimulator[]): Promise<readonly Supervised[]> {
  const receipt = expectOk(await readModel('generic-80', profileSchema), 'a shipped profile')
  const slip = expectOk(await readModel('escp2-slip', CertificatePrinterProfile), 'a shipped profile')
  const template = expectOk(await readJson(assetPath('templates', 'endorsement-row.json'), RowTemplate), 'a template')
  const clock = systemClock
  const reader = (line: Transport): SupervisedDevice => new IdCardReader(line, clock, silentLog)
  const printer = (line: Transport): SupervisedDevice =>
    new ReceiptPrinter({ transport: line, profile: receipt, clock, log: silentLog })
  const certificate = (line: Transport): SupervisedDevice =>
    new CertificatePrinter({
      ...{ transport: line, profile: slip, template, clock, log: silentLog },
      calibration: { dxMm: 0, dyMm: 0 },
    })
  const ups = (line: Transport): SupervisedDevice => new Ups(megatecDriver(line, clock), clock, silentLog)
  const simulatedReceipt = (profile: ReceiptPrinterProfile): ServeDevice =>
    new ReceiptPrinterSimulator({ profile, clock, lettering: undefined }).serve
  const simulatedSlip = (): ServeDevice =>
    new CertificatePrinterSimulator({ profile: slip, clock, lettering: undefined }).serve
  // Two of each kind: roles are names here, what counts is the traffic of the four conversations.
  const plan: readonly (readonly [DeviceRole, ServeDevice, (line: Transport) => SupervisedDevice])[] = [
    ['id-card', new SamSimulator(clock).serve, reader],
    ['scanner', new SamSimulator(clock).serve, reader],
    ['receipt-printer', simulatedReceipt(receipt), printer],
    ['document-printer', simulatedReceipt(receipt), printer],
    ['certificate-printer', simulatedSlip(), certificate],
    ['io-board', simulatedSlip(), certificate],
    ['ups', new UpsSimulator(clock).serve, ups],
    ['watchdog', new UpsSimulator(clock).serve, ups],
  ]
  const built: Supervised[] = []
  for (const [role, serve, deviceOn] of plan) {
    const host = expectOk(await hostOnPty(serve), 'a pty')
    hosts.push(host)
    const line = expectOk(parseTransport(host.address, 9600), 'a path')
    const gate = floodGate(line, 65_536, clock)
    built.push({ role, device: deviceOn(gate), gate })
  }
  return built
}
