import { readModel } from '../drivers/asset/model-file.ts'
import { readJson } from '../drivers/asset/read-json.ts'
import { CertificatePrinterProfile } from '../drivers/certificate-printer/profile.ts'
import { RowTemplate } from '../drivers/certificate-printer/row-template.ts'
import { CertificatePrinterSimulator } from '../drivers/certificate-printer/simulator.ts'
import { hostDocumentPrinter, type HostedDocumentPrinter } from '../drivers/document-printer/simulator.ts'
import { SamSimulator } from '../drivers/id-card/simulator.ts'
import { readRegisterMap } from '../drivers/io-board/map-file.ts'
import { IoBoardSimulator } from '../drivers/io-board/simulator.ts'
import { loadLettering } from '../drivers/raster/lettering.ts'
import { ReceiptPrinterProfile } from '../drivers/receipt-printer/profile.ts'
import { ReceiptPrinterSimulator } from '../drivers/receipt-printer/simulator.ts'
import { ScannerSimulator } from '../drivers/scanner/simulator.ts'
import { UpsSimulator } from '../drivers/ups/simulator.ts'
import type { PlugState, RigDevice } from '../ipc/rig.ts'
import { assetPath } from '../lib/assets.ts'
import type { Clock } from '../lib/clock.ts'
import { expectOk } from '../lib/result.ts'
import { LINE_BAUD, type MakeSocket, type Socket } from './socket.ts'

const RECEIPT_MODEL = 'generic-80'
const CERTIFICATE_MODEL = 'escp2-slip'
const BOARD_MODEL = 'waveshare-relay'
const QUEUE = 'a4'
/** Channels of the demo's board (from 1). */
export const CONTACT_CHANNELS = { 'cabinet-door': 1, tamper: 2, 'paper-in-tray': 3 } as const

/** Every simulated device of the station, plugged in. */
export interface Bench {
  readonly reader: SamSimulator
  readonly scanner: ScannerSimulator
  readonly receiptPrinter: ReceiptPrinterSimulator
  readonly certificatePrinter: CertificatePrinterSimulator
  readonly ups: UpsSimulator
  readonly board: IoBoardSimulator
  /** The queue of the A4 printer; a new one each time it is plugged in. */
  readonly pages: () => HostedDocumentPrinter | null
  readonly template: RowTemplate
  readonly sockets: Readonly<Record<RigDevice, Socket>>
  /** The devices as a site file names them. */
  readonly devices: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** `realSpeed`: printers take the time real ones take, and the card reader's line that of 115200 baud. */
export async function buildBench(clock: Clock, realSpeed: boolean, makeSocket: MakeSocket): Promise<Bench> {
  const [lettering, receiptProfile, certificateProfile, template, map] = await Promise.all([
    loadLettering(),
    readModel(RECEIPT_MODEL, ReceiptPrinterProfile),
    readModel(CERTIFICATE_MODEL, CertificatePrinterProfile),
    readJson(assetPath('templates', 'endorsement-row.json'), RowTemplate),
    readRegisterMap(BOARD_MODEL),
  ])
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
  const ups = new UpsSimulator(clock)
  const board = new IoBoardSimulator(clock, expectOk(map, 'register map'))
  const pages = await pageSocket()
  const [idCard, scanning, receipt, certificate, power, cabinet] = await Promise.all([
    makeSocket('id-card', reader.serve),
    makeSocket('scanner', scanner.serve),
    makeSocket('receipt-printer', receiptPrinter.serve),
    makeSocket('certificate-printer', certificatePrinter.serve),
    makeSocket('ups', ups.serve),
    makeSocket('io-board', board.serve),
  ])
  return {
    ...{ reader, scanner, receiptPrinter, certificatePrinter, ups, board },
    pages: pages.hosted,
    template: expectOk(template, 'row template'),
    sockets: {
      'id-card': idCard,
      scanner: scanning,
      'receipt-printer': receipt,
      'certificate-printer': certificate,
      'document-printer': pages.socket,
      ups: power,
      'io-board': cabinet,
    },
    devices: {
      'id-card': { driver: 'sam-v', transport: idCard.transport },
      scanner: { driver: 'serial', transport: scanning.transport },
      'receipt-printer': { driver: 'esc-pos', model: RECEIPT_MODEL, transport: receipt.transport },
      'certificate-printer': { driver: 'escp2', model: CERTIFICATE_MODEL, transport: certificate.transport },
      'document-printer': { driver: 'cups', ...pages.socket.transport, queue: QUEUE, optional: true },
      ups: { driver: 'megatec', transport: power.transport, optional: true },
      'io-board': {
        driver: 'modbus-rtu',
        model: BOARD_MODEL,
        transport: cabinet.transport,
        optional: true,
        wiring: {
          outputs: { 'card-slot': 1, 'certificate-slot': 2, 'receipt-slot': 3, 'camera-light': 4, 'door-lock': 8 },
          inputs: Object.fromEntries(
            Object.entries(CONTACT_CHANNELS).map(([name, channel]) => [name, { channel, activeWhen: 'closed' }]),
          ),
        },
      },
      camera: {},
    },
  }
}

/** The print server of the A4 printer, which has a port of its own. Unplugged or off, nobody listens there. */
async function pageSocket(): Promise<{ readonly socket: Socket; readonly hosted: () => HostedDocumentPrinter | null }> {
  let hosted: HostedDocumentPrinter | null = await hostDocumentPrinter({ queue: QUEUE })
  let state: PlugState = 'PLUGGED'
  let turning: Promise<void> = Promise.resolve()
  const server = hosted.address
  const port = Number(server.split(':')[1])
  const pull = async (): Promise<void> => {
    const pulled = hosted
    hosted = null
    await pulled?.close()
  }
  const socket: Socket = {
    transport: { server },
    get state() {
      return state
    },
    turn: (wanted) => {
      state = wanted
      turning = turning.then(async () => {
        if (wanted !== 'PLUGGED') await pull()
        else hosted ??= await hostDocumentPrinter({ queue: QUEUE, port })
      })
      return turning
    },
    close: async () => {
      await turning
      await pull()
    },
  }
  return { socket, hosted: () => hosted }
}
