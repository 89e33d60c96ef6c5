import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { simulatorOnPty, testPty } from '../../tests/support/pty.ts'
import { systemClock } from '../lib/clock.ts'
import { encodeCardText } from './id-card/codec/text.ts'
import { SAMPLE_CARDS } from './id-card/sample-cards.ts'
import { SamSimulator } from './id-card/simulator.ts'
import type { SamFaultScript } from './id-card/faults.ts'
import { hostOnUnixSocket } from './pcsc/host.ts'
import { simulatedIdCard } from './pcsc/simulated-id-card.ts'
import { PcscdSimulator } from './pcsc/simulator.ts'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly ms: number
}

function start(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const began = performance.now()
  const child = spawn(process.execPath, ['src/drivers/cli.ts', ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  let stdout = ''
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()))
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, ms: performance.now() - began }))
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, ended }
}

/** Runs a verb and returns its one object. */
async function device(...args: readonly string[]) {
  const { code, stdout, ms } = await start(...args).ended
  expect(stdout.split('\n')).toHaveLength(2)
  const answer = JSON.parse(stdout) as { ok: boolean; error?: { code: string; message: string; sw3?: string } }
  expect(code).toBe(answer.ok ? 0 : 1)
  return { answer, ms }
}

async function readerPort(script: SamFaultScript = {}, card = SAMPLE_CARDS.resident): Promise<string> {
  const simulator = new SamSimulator(systemClock, script)
  simulator.insertCard(card)
  return (await simulatorOnPty(simulator.serve)).address
}

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'cli-test-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

describe('npm run device', () => {
  it('id-card read prints the card as one object and exits 0', async () => {
    const { answer } = await device('id-card', 'read', '--port', await readerPort({ line: { chunk: 100 } }))
    expect(answer).toEqual({
      ok: true,
      card: {
        kind: 'resident',
        name: '样张甲',
        sex: 'male',
        ethnicity: '汉',
        birthDate: '1985-12-31',
        address: '样张省样张市样张区测试路1号',
        idNumber: '990001198512311235',
        idNumberValid: true,
        issuer: '样张市公安局样张分局',
        validFrom: '2015-01-01',
        validUntil: '2035-01-01',
      },
      portraitBytes: 1024,
    })
  })

  it('id-card read prints the fields of the other kinds and no others', async () => {
    const permit = await device('id-card', 'read', '--port', await readerPort({}, SAMPLE_CARDS['residence-permit']))
    expect(permit.answer).toMatchObject({ card: { passNumber: 'H99000001', issueCount: '01' } })
    expect(permit.answer).not.toHaveProperty('card.ethnicity')
    const foreigner = await device('id-card', 'read', '--port', await readerPort({}, SAMPLE_CARDS['foreigner-2023']))
    expect(foreigner.answer).toMatchObject({
      card: { englishName: 'SPECIMEN, PERSON FOUR WITH A RATHER LONG NAME', nationality: 'ZZZ' },
    })
    expect(foreigner.answer).not.toHaveProperty('card.address')
  })

  it('prints a refusal of the reader with its status and exits 1', async () => {
    const port = await readerPort({ faults: [{ kind: 'sw3', code: 0x41, on: 'read', times: 0 }] })
    const { answer } = await device('id-card', 'read', '--port', port)
    expect(answer).toMatchObject({ ok: false, error: { code: 'READ_FAILED', sw3: '41' } })
    expect(answer.error?.message).toContain('put it down again')
  })

  it('asks for status, identity and a card', async () => {
    const port = await readerPort()
    expect((await device('id-card', 'status', '--port', port)).answer).toEqual({ ok: true, status: { state: 'ready' } })
    expect((await device('id-card', 'sam-id', '--port', port)).answer).toMatchObject({
      samId: '05.03-20140101-0001234567-1234567890',
    })
    expect((await device('id-card', 'find', '--port', port)).answer).toEqual({ ok: true, found: true })
  })

  it('asks a reader behind pcscd for itself and for a card', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pcscd-'))
    const socket = path.join(folder, 'pcscd.comm')
    const pcscd = new PcscdSimulator(systemClock)
    pcscd.insertCard(simulatedIdCard(encodeCardText(SAMPLE_CARDS.resident), new Uint8Array(1024)))
    const close = await hostOnUnixSocket(pcscd.serve, socket)
    onTestFinished(async () => {
      await close()
      await rm(folder, { recursive: true })
    })
    const pcsc = (...words: string[]) => device('id-card', ...words, '--port', socket, '--protocol', 'pcsc')
    expect((await pcsc('status')).answer).toEqual({ ok: true, status: { state: 'ready' } })
    expect((await pcsc('read', '--reader', 'Simulated')).answer).toMatchObject({
      ...{ ok: true, card: { kind: 'resident' }, portraitBytes: 1024 },
    })
    expect((await pcsc('read', '--reader', 'Another')).answer).toMatchObject({ error: { code: 'PORT_NOT_FOUND' } })
    expect((await pcsc('sam-id')).answer).toMatchObject({ error: { code: 'NOT_OFFERED' } })
  })

  it.each([
    [[]],
    [['id-card', 'read', '--port', '/dev/null', '--reader', 'ACME']],
    [['toaster', 'read']],
    [['id-card']],
    [['id-card', 'constructor']],
    [['id-card', 'read']],
    [['id-card', 'read', '--port', '/dev/null', '--bogus']],
    [['id-card', 'read', '--port', '/dev/null', '--timeout', 'soon']],
    [['id-card', 'read', '--port', 'host:99999']],
    [['id-card', 'simulate', '--port', ':0', '--fault', 'unheard-of']],
    [['scanner', 'simulate', '--port', ':0', '--suffix', 'tab']],
  ])('answers a wrong line with USAGE: %j', async (args) => {
    expect((await device(...args)).answer).toMatchObject({ ok: false, error: { code: 'USAGE' } })
  })

  it('names a port that is not there, is no port, or refuses', async () => {
    const codeOf = async (port: string) => (await device('id-card', 'find', '--port', port)).answer.error?.code
    expect(await codeOf('/dev/no-such-port')).toBe('PORT_NOT_FOUND')
    expect(await codeOf('/etc/hostname')).toBe('PORT_REFUSED')
    expect(await codeOf('127.0.0.1:1')).toBe('PORT_REFUSED')
  })

  it('keeps its time whatever the other side does', async () => {
    const silent = await testPty()
    const deaf = await testPty()
    deaf.readStopped(true)
    const flooding = net.createServer((socket) => {
      socket.on('error', () => undefined)
      const flood = setInterval(() => socket.write(Buffer.alloc(50_000, 0xaa)), 1)
      socket.on('close', () => clearInterval(flood))
    })
    await new Promise<void>((resolve) => flooding.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void flooding.close())
    const ports = [silent.path, deaf.path, `127.0.0.1:${(flooding.address() as net.AddressInfo).port}`]
    for (const port of ports) {
      const { answer, ms } = await device('id-card', 'read', '--port', port, '--timeout', '400')
      expect(answer.ok).toBe(false)
      expect(ms).toBeLessThan(400 + 2500)
    }
    const { answer } = await device('scanner', 'read', '--port', silent.path, '--timeout', '300')
    expect(answer).toMatchObject({ ok: false, error: { code: 'NO_SCAN' } })
  })

  it('exits at once when the line hangs up', async () => {
    // In a process of its own: a child of this one would inherit the pty and keep it from hanging up.
    const port = path.join(await folder(), 'reader')
    const simulator = start('id-card', 'simulate', '--port', port, '--fault', 'hang-up=500@read')
    await new Promise((resolve) => simulator.child.stdout?.once('data', resolve))
    const { answer, ms } = await device('id-card', 'read', '--port', port)
    expect(answer).toMatchObject({ ok: false, error: { code: 'PORT_LOST' } })
    expect(ms).toBeLessThan(5000)
  })

  it('simulates a reader and a scanner for another process, until SIGTERM', async () => {
    const dir = await folder()
    const script = path.join(dir, 'faults.json')
    await writeFile(script, JSON.stringify({ line: { chunk: 9 }, faults: [{ kind: 'wrong-checksum', on: 'find' }] }))
    const port = path.join(dir, 'reader')
    const simulator = start('id-card', 'simulate', '--port', port, '--card', 'foreigner-2017', '--fault', script)
    await new Promise((resolve) => simulator.child.stdout?.once('data', resolve))
    expect((await device('id-card', 'read', '--port', port)).answer).toMatchObject({ card: { kind: 'foreigner-2017' } })
    simulator.child.kill('SIGTERM')
    expect(await simulator.ended).toMatchObject({ code: 0 })
    expect(existsSync(port)).toBe(false)

    const args = [
      '--port',
      '127.0.0.1:0',
      '--code',
      '粤A12345',
      '--encoding',
      'gb18030',
      '--every',
      '50',
      '--fault',
      'chop=2,twice',
    ]
    const scanner = start('scanner', 'simulate', ...args)
    const ready = await new Promise<Buffer>((resolve) => scanner.child.stdout?.once('data', resolve))
    const { port: at } = JSON.parse(ready.toString()) as { port: string }
    const scan = await device('scanner', 'read', '--port', at)
    expect(scan.answer).toEqual({ ok: true, text: '粤A12345', encoding: 'gb18030', bytes: 8, symbology: null })
    scanner.child.kill('SIGTERM')
    expect((await scanner.ended).stdout.trim().split('\n')).toHaveLength(1)
  })
})
