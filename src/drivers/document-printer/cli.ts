import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { silentLog } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { readJson } from '../asset/read-json.ts'
import { failed, type FlagSpec, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { IppClient } from '../ipp/client.ts'
import { parseIppServer, type IppServer } from '../ipp/server.ts'
import { DocumentPrinter } from './device.ts'
import { parseDocumentPrinterFaults } from './fault-script.ts'
import { MEANINGS } from './meanings.ts'
import { hostDocumentPrinter } from './simulator.ts'
import { testPagePdf } from './test-page.ts'

const QUEUE: FlagSpec = { type: 'string', required: true, summary: 'name of the queue' }
const MAX_PDF_BYTES = 32 * 1024 * 1024

/** `npm run device -- document-printer <verb> --port HOST:PORT_OR_SOCKET` */
export const verbs: Verbs = {
  queues: {
    summary: 'the queues of the print server',
    defaultTimeoutMs: 8_000,
    flags: {},
    run: queues,
  },
  status: {
    summary: 'the state of queue and printer, what is left of toner, and what to do',
    defaultTimeoutMs: 8_000,
    flags: { queue: QUEUE },
    run: status,
  },
  print: {
    summary: 'prints a PDF, or the A4 test page, and follows it to the end',
    defaultTimeoutMs: 150_000,
    flags: {
      queue: QUEUE,
      file: { type: 'string', summary: 'PDF to print; the test page when absent' },
      copies: { type: 'string', summary: '1 to 9' },
      tray: { type: 'string', summary: 'IPP media-source: tray-1, manual …' },
    },
    run: print,
  },
  simulate: {
    summary: 'is a print server with one queue on 127.0.0.1:PORT (--port PORT, 0 for any)',
    defaultTimeoutMs: 0,
    flags: {
      queue: QUEUE,
      faults: { type: 'string', summary: 'fault script, JSON (docs/devices/document-printer.md)' },
    },
    run: simulate,
  },
}

async function queues(call: VerbCall): Promise<VerbAnswer> {
  const server = parseIppServer(call.port)
  if (!server.ok) return failed('USAGE', server.error)
  const found = await new IppClient({ server: server.value, clock: call.clock, userName: 'device-cli' }).queues(
    call.signal,
  )
  return found.ok ? { ok: true, queues: found.value } : failed(found.error.code, found.error.detail)
}

async function status(call: VerbCall): Promise<VerbAnswer> {
  const printer = printerOf(call)
  if (!printer.ok) return failed('USAGE', printer.error)
  const { state, supplies, reasons } = await printer.value.status(call.signal)
  const { usable, remedy } = MEANINGS[state]
  return usable ? { ok: true, state, remedy, supplies, reasons } : failed(state, remedy)
}

async function print(call: VerbCall): Promise<VerbAnswer> {
  const printer = printerOf(call)
  if (!printer.ok) return failed('USAGE', printer.error)
  const copies = Number(call.flag('copies') ?? '1')
  if (!Number.isInteger(copies) || copies < 1 || copies > 9) return failed('USAGE', '--copies is 1 to 9')
  const pdf = await pdfOf(call)
  if (!pdf.ok) return failed('BAD_FILE', pdf.error)
  const printed = await printer.value.print(pdf.value, randomUUID(), { copies, tray: call.flag('tray') })
  if (printed.ok) return { ok: true, ...printed.value }
  const { error } = printed
  const { remedy } = MEANINGS[error.state]
  return error.code === 'REFUTED'
    ? failed(error.state, `nothing was printed. ${remedy}`)
    : failed('UNKNOWN', `${error.why} (${error.state}): something may have come out; look at the paper. ${remedy}`)
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const port = Number(call.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return failed('USAGE', '--port is a port number')
  const file = call.flag('faults')
  const json = file === undefined ? ok({}) : await readJson(file, z.unknown())
  if (!json.ok) return failed(json.error.code, json.error.detail)
  const faults = parseDocumentPrinterFaults(json.value)
  if (!faults.ok) return failed(faults.error.code, faults.error.detail)
  const hosted = await hostDocumentPrinter({ queue: call.flag('queue') ?? 'a4', port, faults: faults.value }).catch(
    (cause: unknown) => (cause instanceof Error ? cause.message : 'unknown'),
  )
  if (typeof hosted === 'string') return failed('PORT', hosted)
  call.answerNow({ ok: true, address: hosted.address })
  await new Promise((resolve) => {
    call.signal.addEventListener('abort', resolve)
  })
  await hosted.close()
  return { ok: true, sheets: hosted.jobs.paper.length }
}

function printerOf(call: VerbCall): Result<DocumentPrinter, string> {
  const server: Result<IppServer, string> = parseIppServer(call.port)
  if (!server.ok) return server
  return ok(
    new DocumentPrinter({ server: server.value, queue: call.flag('queue') ?? '', clock: call.clock, log: silentLog }),
  )
}

async function pdfOf(call: VerbCall): Promise<Result<Uint8Array, string>> {
  const file = call.flag('file')
  if (file === undefined) return ok(testPagePdf(`document-printer print, queue ${call.flag('queue') ?? ''}`))
  const bytes = await readFile(file).catch((cause: unknown) => (cause instanceof Error ? cause.message : 'unreadable'))
  if (typeof bytes === 'string') return err(bytes)
  if (bytes.subarray(0, 5).toString('latin1') !== '%PDF-') return err(`${file} is no PDF`)
  return bytes.length > MAX_PDF_BYTES ? err(`${file} is larger than 32 MB`) : ok(new Uint8Array(bytes))
}
