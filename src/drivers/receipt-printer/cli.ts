import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { silentLog } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { failed, type FlagSpec, type VerbAnswer, type VerbCall, type Verbs } from '../cli-verb.ts'
import { loadLettering } from '../raster/lettering.ts'
import { toPng } from '../raster/png.ts'
import { readModel } from '../asset/model-file.ts'
import { readJson, type BadFile } from '../asset/read-json.ts'
import { hostSimulator } from '../transport/host.ts'
import { parseTransport } from '../transport/parse.ts'
import { ReceiptPrinter } from './device.ts'
import { ReceiptPrinterProfile } from './profile.ts'
import { Receipt } from './receipt.ts'
import { parseFaultNames, parseFaultScript, type BadFaultScript } from './fault-script.ts'
import type { ReceiptPrinterFaults } from './faults.ts'
import { printTestPage, receiptPrinterSelfTests } from './self-test.ts'
import { ReceiptPrinterSimulator } from './simulator.ts'
import { STATE_MEANINGS } from './status.ts'
import { fillReceiptTemplate, ReceiptTemplate } from './template.ts'

/** Factory setting of most receipt printers with a serial line. */
const DEFAULT_BAUD = 115_200
const DEFAULT_MODEL = 'generic-80'

const MODEL: FlagSpec = { type: 'string', summary: `profile in assets/printers, or a file (${DEFAULT_MODEL})` }
const RECEIPT: Record<string, FlagSpec> = {
  template: { type: 'string', required: true, summary: 'receipt or receipt template, JSON' },
  data: { type: 'string', summary: 'values for the tokens of a template, JSON' },
}

/** `npm run device -- receipt-printer <verb> --port …` */
export const verbs: Verbs = {
  status: {
    summary: 'the state of the printer and what to do about it',
    defaultTimeoutMs: 8000,
    flags: { model: MODEL },
    run: status,
  },
  print: {
    summary: 'prints a receipt and waits for the printer to prove it',
    defaultTimeoutMs: 60_000,
    flags: { model: MODEL, ...RECEIPT, job: { type: 'string', summary: 'job id (random)' } },
    run: print,
  },
  test: {
    summary: 'the self-tests that need no eyes: state, and what the printer can prove',
    defaultTimeoutMs: 30_000,
    flags: { model: MODEL },
    run: selfTest,
  },
  'print-test': {
    summary: 'prints the test page: look whether it is sharp and cut',
    defaultTimeoutMs: 60_000,
    flags: { model: MODEL },
    run: printTest,
  },
  recover: {
    summary: 'tells a stopped printer to try again, once jammed paper is out of knife and path',
    defaultTimeoutMs: 15_000,
    flags: { model: MODEL },
    run: recover,
  },
  preview: {
    summary: 'draws the paper without printing; --port is not used',
    defaultTimeoutMs: 30_000,
    flags: { model: MODEL, ...RECEIPT, out: { type: 'string', required: true, summary: 'PNG to write' } },
    run: preview,
  },
  simulate: {
    summary: 'is a receipt printer on a pty link, a serial port or HOST:PORT',
    defaultTimeoutMs: 0,
    flags: {
      model: MODEL,
      fault: { type: 'string', summary: 'paper-out@12,near-end,… (docs/devices/receipt-printer.md)' },
      faults: { type: 'string', summary: 'fault script, JSON (docs/devices/fault-scripts.md)' },
      out: { type: 'string', summary: 'folder for the pictures of what was printed' },
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
  const receipt = await readReceipt(call)
  if (!receipt.ok) return receipt.error
  const printer = await openPrinter(call)
  if (!printer.ok) return printer.error
  const printed = await printer.value.print(receipt.value, call.flag('job') ?? randomUUID(), 'send')
  await printer.value.close()
  if (printed.ok)
    return {
      ok: true,
      proof: 'confirmed',
      method: printed.value.method,
      ms: Math.round(printed.value.ms),
      ...printed.value.usage,
    }
  const { error } = printed
  switch (error.code) {
    case 'GLYPH_MISSING':
      return failed(error.code, `no font holds ${error.characters.join(' ')}; nothing was sent`)
    case 'NOT_STARTED':
      return failed(error.state, `nothing was sent. ${STATE_MEANINGS[error.state].remedy}`)
    case 'NOT_PRINTED': {
      const rest =
        error.remainder === 'may-still-print'
          ? 'the rest may still come out'
          : 'the printer was told to forget the rest'
      return failed(error.state, `not printed; ${rest}. ${STATE_MEANINGS[error.state].remedy}`)
    }
    case 'PROOF_UNKNOWN':
      return failed(
        error.code,
        `all was sent, but nothing proves that it was printed (${error.why}); look at the paper`,
      )
  }
}

async function selfTest(call: VerbCall): Promise<VerbAnswer> {
  const printer = await openPrinter(call)
  if (!printer.ok) return printer.error
  const measured: Record<string, string | number> = {}
  try {
    for (const test of receiptPrinterSelfTests(printer.value).filter(({ id }) => id !== 'print-page')) {
      const done = await test.run({ signal: call.signal, say: () => undefined, ask: () => Promise.resolve(false) })
      if (!done.ok) return failed(done.error.key, `${test.id}: ${done.error.detail}`)
      Object.assign(measured, done.value.measured)
    }
  } finally {
    await printer.value.close()
  }
  return { ok: true, ...measured }
}

async function printTest(call: VerbCall): Promise<VerbAnswer> {
  const printer = await openPrinter(call)
  if (!printer.ok) return printer.error
  const done = await printTestPage(printer.value)
  await printer.value.close()
  if (!done.ok) return failed(done.error.key, done.error.detail)
  call.say('Is the page sharp from edge to edge, the code readable, and the paper cut?')
  return { ok: true, ...done.value.measured }
}

async function recover(call: VerbCall): Promise<VerbAnswer> {
  const printer = await openPrinter(call)
  if (!printer.ok) return printer.error
  const found = await printer.value.recover()
  await printer.value.close()
  return found.usable ? { ok: true, state: found.state } : failed(found.state, found.remedy)
}

async function preview(call: VerbCall): Promise<VerbAnswer> {
  const receipt = await readReceipt(call)
  if (!receipt.ok) return receipt.error
  const printer = await openPrinter(call)
  if (!printer.ok) return printer.error
  const picture = await printer.value.preview(receipt.value)
  if (!picture.ok) return failed(picture.error.code, `no font holds ${picture.error.characters.join(' ')}`)
  const out = call.flag('out') ?? 'receipt.png'
  await writeFile(out, toPng(picture.value))
  return { ok: true, file: out, widthDots: picture.value.width, heightDots: picture.value.height }
}

async function simulate(call: VerbCall): Promise<VerbAnswer> {
  const profile = await readModel(call.flag('model') ?? DEFAULT_MODEL, ReceiptPrinterProfile)
  if (!profile.ok) return failed(profile.error.code, profile.error.detail)
  const faults = await faultsOf(call)
  if (!faults.ok) return failed(faults.error.code, faults.error.detail)
  const folder = call.flag('out')
  const lettering = folder === undefined ? undefined : await loadLettering()
  const simulator = new ReceiptPrinterSimulator({
    profile: profile.value,
    clock: call.clock,
    lettering,
    faults: faults.value,
    realSpeed: true,
  })
  const hosted = await hostSimulator(call.port, DEFAULT_BAUD, simulator.serve)
  if (!hosted.ok) return failed(hosted.error.code, hosted.error.detail)
  call.answerNow({ ok: true, address: hosted.value.address, model: profile.value.name })
  await new Promise((resolve) => {
    call.signal.addEventListener('abort', resolve)
  })
  await hosted.value.close()
  if (folder !== undefined) await keepPictures(simulator, folder)
  return { ok: true, cuts: simulator.paper.cuts, bytes: simulator.received.length }
}

/** `--faults FILE.json` (docs/devices/fault-scripts.md) or `--fault` words. */
async function faultsOf(call: VerbCall): Promise<Result<ReceiptPrinterFaults, BadFaultScript | BadFile>> {
  const file = call.flag('faults')
  if (file === undefined) return parseFaultNames(call.flag('fault') ?? '')
  const json = await readJson(file, z.unknown())
  return json.ok ? parseFaultScript(json.value) : json
}

async function keepPictures(simulator: ReceiptPrinterSimulator, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const uncut = simulator.paper.piece()
  const pieces = [...simulator.paper.documents, ...(uncut.text.length > 0 ? [uncut] : [])]
  for (const [index, piece] of pieces.entries()) {
    await writeFile(path.join(folder, `receipt-${String(index + 1)}.png`), toPng(piece.picture))
  }
  await writeFile(path.join(folder, 'receipt.bin'), Uint8Array.from(simulator.received))
}

async function openPrinter(call: VerbCall): Promise<Result<ReceiptPrinter, VerbAnswer>> {
  const profile = await readModel(call.flag('model') ?? DEFAULT_MODEL, ReceiptPrinterProfile)
  if (!profile.ok) return err(failed(profile.error.code, profile.error.detail))
  const transport = parseTransport(call.port, DEFAULT_BAUD)
  if (!transport.ok) return err(failed(transport.error.code, transport.error.detail))
  return ok(
    new ReceiptPrinter({ transport: transport.value, profile: profile.value, clock: call.clock, log: silentLog }),
  )
}

const Data = z.record(z.string(), z.union([z.string(), z.array(z.record(z.string(), z.string()))]))

async function readReceipt(call: VerbCall): Promise<Result<Receipt, VerbAnswer>> {
  const file = await readJson(
    call.flag('template') ?? '',
    z.looseObject({ receipt: z.int().optional(), template: z.int().optional() }),
  )
  if (!file.ok) return err(failed(file.error.code, file.error.detail))
  if (file.value.template === undefined) {
    const receipt = Receipt.safeParse(file.value)
    return receipt.success ? ok(receipt.data) : err(failed('NOT_A_RECEIPT', z.prettifyError(receipt.error)))
  }
  const template = ReceiptTemplate.safeParse(file.value)
  if (!template.success) return err(failed('NOT_A_RECEIPT', z.prettifyError(template.error)))
  const dataFile = call.flag('data')
  const data = dataFile === undefined ? ok({}) : await readJson(dataFile, Data)
  if (!data.ok) return err(failed(data.error.code, data.error.detail))
  const filled = fillReceiptTemplate(template.data, data.value)
  if (filled.ok) return filled
  if (filled.error.code === 'TOKEN_MISSING')
    return err(failed('TOKEN_MISSING', `no value for ${filled.error.tokens.join(', ')}`))
  return err(failed(filled.error.code, filled.error.detail))
}
