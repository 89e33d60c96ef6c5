import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { silentLog } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { assetPath } from '../../lib/assets.ts'
import { readModel } from '../asset/model-file.ts'
import { readJson, type BadFile } from '../asset/read-json.ts'
import { failed, type FlagSpec, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { loadLettering } from '../raster/lettering.ts'
import { hostSimulator } from '../transport/host.ts'
import { parseTransport } from '../transport/parse.ts'
import { CertificatePrinter, type RowFailure } from './device.ts'
import { parseFaultNames, parseFaultScript, type BadFaultScript } from './fault-script.ts'
import type { CertificatePrinterFaults } from './faults.ts'
import { Calibration, CertificatePrinterProfile } from './profile.ts'
import { RowTemplate } from './row-template.ts'
import { drawSheet } from './sheet-picture.ts'
import { SimulatedSheet } from './simulated-sheet.ts'
import { CertificatePrinterSimulator } from './simulator.ts'
import { STATE_MEANINGS } from './status.ts'

/** Factory setting of the serial line of most passbook printers. */
const DEFAULT_BAUD = 9600
const DEFAULT_MODEL = 'escp2-slip'

const COMMON: Record<string, FlagSpec> = {
  model: { type: 'string', summary: `profile in assets/printers, or a file (${DEFAULT_MODEL})` },
  template: { type: 'string', summary: 'row template, JSON (assets/templates/endorsement-row.json)' },
}

const DX: FlagSpec = { type: 'string', summary: 'calibration to the right, mm (0)' }
const DY: FlagSpec = { type: 'string', summary: 'calibration down, mm (0)' }

/** `npm run device -- certificate-printer <verb> --port …` */
export const verbs: Verbs = {
  status: {
    summary: 'the state of the printer, the document in it, and what to do about it',
    defaultTimeoutMs: 8000,
    flags: COMMON,
    run: status,
  },
  print: {
    summary: 'waits for a document, prints one row onto it and ejects it',
    defaultTimeoutMs: 90_000,
    flags: {
      ...COMMON,
      row: { type: 'string', summary: 'row of the page, from 1 (1)' },
      data: { type: 'string', required: true, summary: 'values for the tokens of the template, JSON' },
      dx: DX,
      dy: DY,
    },
    run: print,
  },
  ruler: {
    summary: 'waits for a page, prints scales and the places of the fields moved by --dx and --dy, and ejects it',
    defaultTimeoutMs: 180_000,
    flags: { ...COMMON, dx: DX, dy: DY },
    run: ruler,
  },
  simulate: {
    summary: 'is a certificate printer on a pty link, a serial port or HOST:PORT; hands insert and take the page',
    defaultTimeoutMs: 0,
    flags: {
      ...COMMON,
      fault: { type: 'string', summary: 'jam@3,late@50,… (docs/devices/certificate-printer.md)' },
      faults: { type: 'string', summary: 'fault script, JSON (docs/devices/fault-scripts.md)' },
      out: { type: 'string', summary: 'folder for pictures of the pages' },
      'no-hands': { type: 'boolean', summary: 'nobody inserts a page' },
    },
    run: simulate,
  },
}

async function status(call: VerbCall): Promise<VerbAnswer> {
  const printer = await openPrinter(call)
  if (!printer.ok) return printer.error
  const found = await printer.value.status()
  await printer.value.close()
  if (found.usable) return { ok: true, state: found.state, remedy: found.remedy }
  return failed(found.state, found.remedy)
}

async function print(call: VerbCall): Promise<VerbAnswer> {
  const row = Number(call.flag('row') ?? '1')
  const values = await readJson(call.flag('data') ?? '', z.record(z.string(), z.string()))
  if (!values.ok) return failed(values.error.code, values.error.detail)
  const printer = await openPrinter(call)
  if (!printer.ok) return printer.error
  const job = { row, values: values.value }
  const composed = await printer.value.compose(job)
  const answer = composed.ok ? await printOnto(printer.value, job, call) : explain(composed.error)
  await printer.value.close()
  return answer
}

async function ruler(call: VerbCall): Promise<VerbAnswer> {
  const trial = calibrationOf(call)
  if (!trial.ok) return trial.error
  const printer = await openPrinter(call)
  if (!printer.ok) return printer.error
  const printed = await printer.value.printRuler(trial.value, call.signal, (stage) => call.say(stage))
  await printer.value.close()
  if (printed.ok) return { ok: true, proof: 'confirmed', ...trial.value, ms: Math.round(printed.value.ms) }
  switch (printed.error.code) {
    case 'FAULT':
      return failed(printed.error.state, `nothing was printed. ${STATE_MEANINGS[printed.error.state].remedy}`)
    case 'TIMED_OUT':
    case 'CANCELLED':
      return failed('NO_DOCUMENT', 'no page was seen in the slot in time; nothing was printed')
    default:
      return explain(printed.error)
  }
}

async function printOnto(
  printer: CertificatePrinter,
  job: { readonly row: number; readonly values: Readonly<Record<string, string>> },
  call: VerbCall,
): Promise<VerbAnswer> {
  call.say('waiting for a document in the slot')
  const found = await printer.waitForDocument(call.signal, call.timeoutMs)
  if (!found.ok) {
    if (found.error.code === 'FAULT') return failed(found.error.state, STATE_MEANINGS[found.error.state].remedy)
    return failed('NO_DOCUMENT', 'no document was inserted in time; nothing was printed')
  }
  const printed = await printer.printRow(job, (stage) => call.say(stage))
  if (!printed.ok) return explain(printed.error)
  return { ok: true, proof: 'confirmed', method: printed.value.method, row: job.row, ms: Math.round(printed.value.ms) }
}

function explain(error: RowFailure): VerbAnswer {
  switch (error.code) {
    case 'ROW_OUT_OF_RANGE':
      return failed(error.code, `the page has rows 1 to ${String(error.rows)}; nothing was printed`)
    case 'TOKEN_MISSING':
      return failed(error.code, `no value for ${error.tokens.join(', ')}; nothing was printed`)
    case 'WILL_NOT_FIT':
      return failed(error.code, `${error.field} ${error.detail}; nothing was printed`)
    case 'GLYPH_MISSING':
      return failed(error.code, `nobody can draw ${error.characters.join(' ')}; nothing was printed`)
    case 'WRONG_DOCUMENT':
      return failed(
        error.code,
        `the document is ${error.measuredMm.toFixed(0)} mm long, the page ${error.expectedMm.toFixed(0)} mm; nothing was printed`,
      )
    case 'NOT_STARTED':
      if (error.state === 'NO_DOCUMENT') return failed('NO_DOCUMENT', 'there is no document; nothing was printed')
      if (error.state === 'NOT_SET_UP')
        return failed('NOT_SET_UP', 'the document was in before the printer was set up; put it in again')
      return failed(error.state, `nothing was printed. ${STATE_MEANINGS[error.state].remedy}`)
    case 'STOPPED':
      return failed(error.state, `stopped while printing; look at the page. ${STATE_MEANINGS[error.state].remedy}`)
    case 'PROOF_UNKNOWN':
      return failed(
        error.code,
        `the row was sent, but nothing proves that it was printed (${error.why}); look at the page`,
      )
  }
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const profile = await readModel(call.flag('model') ?? DEFAULT_MODEL, CertificatePrinterProfile)
  if (!profile.ok) return failed(profile.error.code, profile.error.detail)
  const template = await readTemplate(call)
  if (!template.ok) return template.error
  const faults = await faultsOf(call)
  if (!faults.ok) return failed(faults.error.code, faults.error.detail)
  const folder = call.flag('out')
  const { widthMm, heightMm } = template.value.page
  const simulator = new CertificatePrinterSimulator({
    profile: profile.value,
    clock: call.clock,
    lettering: folder === undefined ? undefined : await loadLettering(),
    faults: faults.value,
    realSpeed: true,
    ...(call.isSet('no-hands')
      ? {}
      : { hands: { insertMs: 500, removeMs: 1500, sheet: () => new SimulatedSheet(widthMm, heightMm) } }),
  })
  const hosted = await hostSimulator(call.port, DEFAULT_BAUD, simulator.serve)
  if (!hosted.ok) return failed(hosted.error.code, hosted.error.detail)
  call.answerNow({ ok: true, address: hosted.value.address, model: profile.value.name })
  await new Promise((resolve) => {
    call.signal.addEventListener('abort', resolve)
  })
  await hosted.value.close()
  const inside = simulator.sheet
  const sheets = inside === undefined ? simulator.taken : [...simulator.taken, inside]
  if (folder !== undefined) await keepPictures(sheets, template.value, folder, simulator.received)
  return { ok: true, pages: sheets.length, bytes: simulator.received.length }
}

/** `--faults FILE.json` (docs/devices/fault-scripts.md) or `--fault` words. */
async function faultsOf(call: VerbCall): Promise<Result<CertificatePrinterFaults, BadFaultScript | BadFile>> {
  const file = call.flag('faults')
  if (file === undefined) return parseFaultNames(call.flag('fault') ?? '')
  const script = await readJson(file, z.unknown())
  return script.ok ? parseFaultScript(script.value) : script
}

async function keepPictures(
  sheets: readonly SimulatedSheet[],
  template: RowTemplate,
  folder: string,
  received: readonly number[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [index, sheet] of sheets.entries()) {
    await writeFile(path.join(folder, `certificate-${String(index + 1)}.png`), await drawSheet(sheet, template))
  }
  await writeFile(path.join(folder, 'certificate.bin'), Uint8Array.from(received))
}

async function openPrinter(call: VerbCall): Promise<Result<CertificatePrinter, VerbAnswer>> {
  const profile = await readModel(call.flag('model') ?? DEFAULT_MODEL, CertificatePrinterProfile)
  if (!profile.ok) return err(failed(profile.error.code, profile.error.detail))
  const template = await readTemplate(call)
  if (!template.ok) return template
  const calibration = calibrationOf(call)
  if (!calibration.ok) return calibration
  const transport = parseTransport(call.port, DEFAULT_BAUD)
  if (!transport.ok) return err(failed(transport.error.code, transport.error.detail))
  return ok(
    new CertificatePrinter({
      transport: transport.value,
      profile: profile.value,
      template: template.value,
      calibration: calibration.value,
      clock: call.clock,
      log: silentLog,
    }),
  )
}

function calibrationOf(call: VerbCall): Result<Calibration, VerbAnswer> {
  const calibration = Calibration.safeParse({
    dxMm: Number(call.flag('dx') ?? '0'),
    dyMm: Number(call.flag('dy') ?? '0'),
  })
  return calibration.success ? ok(calibration.data) : err(failed('BAD_CALIBRATION', z.prettifyError(calibration.error)))
}

async function readTemplate(call: VerbCall): Promise<Result<RowTemplate, VerbAnswer>> {
  const template = await readJson(call.flag('template') ?? assetPath('templates', 'endorsement-row.json'), RowTemplate)
  return template.ok ? template : err(failed(template.error.code, template.error.detail))
}
