import { createServer, type Socket } from 'node:net'
import { execFileSync, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { receiptProfile, receiptTemplate, SAMPLE_VALUES } from '../../../tests/support/printing.ts'
import { cupsdMissing, startCupsd } from '../../../tests/support/cupsd.ts'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { hostOnTcp } from '../transport/host.ts'
import { parseTransport } from '../transport/parse.ts'
import { ReceiptPrinter } from './device.ts'
import { ReceiptPrinterSimulator } from './simulator.ts'
import type { ReceiptPrinterFaults } from './faults.ts'
import { fillReceiptTemplate } from './template.ts'

const profile = receiptProfile('generic-80')
const receipt = expectOk(fillReceiptTemplate(receiptTemplate('take-away-slip'), SAMPLE_VALUES), 'slip')

function simulated(faults: ReceiptPrinterFaults = {}): ReceiptPrinterSimulator {
  return new ReceiptPrinterSimulator({ profile, clock: systemClock, lettering: undefined, faults })
}

function printerAt(address: string): ReceiptPrinter {
  const transport = expectOk(parseTransport(address, 115_200), 'address')
  const printer = new ReceiptPrinter({ transport, profile, clock: systemClock, log: silentLog })
  onTestFinished(() => printer.close())
  return printer
}

describe('over a real serial port', () => {
  it('reports its state and prints with proof', async () => {
    const simulator = simulated({ line: { chunk: 1, delayMs: 1 } })
    const printer = printerAt((await simulatorOnPty(simulator.serve)).address)
    expect((await printer.status()).state).toBe('READY')
    expect(await printer.print(receipt, 'job')).toMatchObject({ ok: true, value: { method: 'process-id' } })
    expect(simulator.paper.documents[0]?.text).toContain(`签注编号${' '.repeat(20)}QZ440300202611230007`)
  })

  it('refutes a receipt when the paper ends, and prints the next after it is loaded', async () => {
    const simulator = simulated({ paperOutAtLine: 3 })
    const printer = printerAt((await simulatorOnPty(simulator.serve)).address)
    expect(await printer.print(receipt, 'a')).toMatchObject({
      ok: false,
      error: { code: 'NOT_PRINTED', state: 'PAPER_OUT' },
    })
    simulator.mend()
    expect(await printer.print(receipt, 'b')).toMatchObject({ ok: true })
  })

  it('survives a printer that loses power in the middle and comes back', async () => {
    const simulator = simulated()
    const printer = printerAt((await simulatorOnPty(simulator.serve)).address)
    expect(await printer.print(receipt, 'the first of the day')).toMatchObject({ ok: true })
    simulator.faults = { powerLossAtByte: simulator.received.length + 200 }
    expect(await printer.print(receipt, 'a')).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN' } })
    simulator.faults = {}
    expect(await printer.print(receipt, 'b')).toMatchObject({ ok: true })
    // The first, the void one with its mark, and the last.
    expect(simulator.paper.cuts).toBe(3)
  })
})

describe('over a USB printer device', () => {
  it('prints with proof through a character device that is no serial port', async () => {
    const simulator = simulated({ line: { chunk: 3, delayMs: 1 } })
    const { address } = await simulatorOnPty(simulator.serve)
    execFileSync('stty', ['-F', address, 'raw', '-echo'])
    const printer = printerAt(`lp:${address}`)
    expect((await printer.status()).state).toBe('READY')
    expect(await printer.print(receipt, 'job')).toMatchObject({ ok: true, value: { method: 'process-id' } })
    expect(simulator.paper.cuts).toBe(1)
  })
})

describe.skipIf(cupsdMissing !== null)('through a raw queue of a real print server', () => {
  it('hands the receipt over, says that nobody knows more, and never asks the queue a question', async () => {
    const cups = await startCupsd()
    onTestFinished(() => cups.stop())
    const folder = await mkdtemp(path.join(tmpdir(), 'queue-'))
    await chmod(folder, 0o755)
    await cups.addFileQueue('receipt', path.join(folder, 'out'))
    const address = `cups:receipt?server=127.0.0.1:${String(cups.port)}`
    const printer = printerAt(address)
    expect(await printer.report(AbortSignal.timeout(5000))).toMatchObject({
      state: 'UNREPORTED',
      usable: true,
      answered: true,
    })
    expect(await printer.print(receipt, 'job')).toMatchObject({
      ok: false,
      error: { code: 'PROOF_UNKNOWN', why: 'HANDED_OVER', usage: { cuts: 1 } },
    })
    expect(Uint8Array.from(await readFile(path.join(folder, 'out')))).toEqual(
      Uint8Array.from(expectOk(await printer.bytesOf(receipt), 'bytes')),
    )
    await cups.set('receipt', 'disable')
    expect(await printer.print(receipt, 'job')).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'OFFLINE' } })
    await cups.set('receipt', 'enable')
    const reporting = new ReceiptPrinter({
      transport: expectOk(parseTransport(address, 9600), 'address'),
      profile: receiptProfile('generic-80', { queueReports: true }),
      clock: systemClock,
      log: silentLog,
    })
    expect(await reporting.print(receipt, 'job')).toMatchObject({ ok: true, value: { method: 'queue' } })
  }, 30_000)
})

describe('over TCP', () => {
  it('prints with proof', async () => {
    const simulator = simulated()
    const hosted = expectOk(await hostOnTcp(simulator.serve, { host: '127.0.0.1', port: 0 }), 'listening')
    onTestFinished(() => hosted.close())
    const printer = printerAt(hosted.address)
    expect(await printer.print(receipt, 'job')).toMatchObject({ ok: true })
    expect(simulator.paper.cuts).toBe(1)
  })

  it('is LINE_LOST when nobody listens', async () => {
    expect((await printerAt('127.0.0.1:1').status()).state).toBe('LINE_LOST')
  })
})

describe('the command line', () => {
  it('prints onto a dumb TCP sink and says that nothing proves it', async () => {
    const got: Buffer[] = []
    const server = createServer((socket: Socket) => socket.on('data', (bytes) => got.push(bytes)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const folder = await mkdtemp(path.join(tmpdir(), 'receipt-'))
    await writeFile(
      path.join(folder, 'receipt.json'),
      JSON.stringify({ receipt: 1, blocks: [{ type: 'text', text: '年审' }] }),
    )
    const run = await command('print', `127.0.0.1:${String(port)}`, '--template', path.join(folder, 'receipt.json'))
    expect(run.code).toBe(1)
    expect(JSON.parse(run.out)).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN' } })
    expect(Buffer.concat(got).toString('hex')).toContain('c4eac9f30a')
  })

  it('draws a preview of a shipped template', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'receipt-'))
    await writeFile(path.join(folder, 'data.json'), JSON.stringify(SAMPLE_VALUES))
    const out = path.join(folder, 'preview.png')
    const template = 'assets/templates/take-away-slip.json'
    const run = await command(
      'preview',
      '-',
      '--template',
      template,
      '--data',
      path.join(folder, 'data.json'),
      '--out',
      out,
    )
    expect(JSON.parse(run.out)).toMatchObject({ ok: true, widthDots: 576 })
    expect((await readFile(out)).subarray(1, 4).toString()).toBe('PNG')
  })

  it('names what a data file lacks', async () => {
    const run = await command('print', '127.0.0.1:1', '--template', 'assets/templates/take-away-slip.json')
    expect(run.code).toBe(1)
    expect(JSON.parse(run.out)).toMatchObject({ ok: false, error: { code: 'TOKEN_MISSING' } })
  })
})

function command(verb: string, port: string, ...rest: string[]): Promise<{ code: number | null; out: string }> {
  const args = ['src/drivers/cli.ts', 'receipt-printer', verb, '--port', port, ...rest]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const out: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out: Buffer.concat(out).toString('utf8') }))
  })
}
