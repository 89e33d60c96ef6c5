import { createServer, type Socket } from 'node:net'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { receiptProfile, receiptTemplate, SAMPLE_VALUES } from '../../../tests/support/printing.ts'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { hostOnTcp } from '../transport/host.ts'
import { parseTransport } from '../transport/parse.ts'
import { ReceiptPrinter } from './device.ts'
import { ReceiptPrinterSimulator, type ReceiptPrinterFaults } from './simulator.ts'
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
    const simulator = simulated({ chopMs: 1 })
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
    expect((await printer.status()).state).toBe('READY')
    simulator.faults = { powerLossAtByte: simulator.received.length + 200 }
    expect(await printer.print(receipt, 'a')).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN' } })
    simulator.faults = {}
    expect(await printer.print(receipt, 'b')).toMatchObject({ ok: true })
    expect(simulator.paper.cuts).toBe(1)
  })
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
