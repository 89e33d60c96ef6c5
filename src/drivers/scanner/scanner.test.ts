import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { SimulatedClock, systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { hostOnTcp } from '../transport/host.ts'
import { memoryPair } from '../transport/memory.ts'
import { parseTransport } from '../transport/parse.ts'
import { decodeScan, encodeScan, MAX_CODE_BYTES, ScanAssembler } from './codec.ts'
import { Scanner } from './device.ts'
import { parseScannerFaults, parseScannerFaultScript } from './fault-script.ts'
import { fuzzTargets } from './fuzz-target.ts'
import { ScannerSimulator, type ScannerSettings } from './simulator.ts'

const never = new AbortController().signal
const texts = (scans: ReturnType<ScanAssembler['push']>): string[] =>
  scans.map((scan) => (scan.kind === 'code' ? Buffer.from(scan.bytes).toString() : scan.kind))

describe('a code', () => {
  it('ends with CR, LF or CR LF, however it is cut', () => {
    for (const suffix of ['\r', '\n', '\r\n'])
      for (let cut = 0; cut <= 7; cut++) {
        const stream = Buffer.from(`AB${suffix}CD${suffix}`)
        const assembler = new ScanAssembler()
        const scans = [...assembler.push(stream.subarray(0, cut)), ...assembler.push(stream.subarray(cut))]
        expect(texts(scans)).toEqual(['AB', 'CD'])
        expect(assembler.midCode).toBe(false)
      }
  })

  it('of more than 4 KB is thrown away whole, and the next one counts', () => {
    const assembler = new ScanAssembler()
    expect(assembler.push(Buffer.alloc(MAX_CODE_BYTES + 500, 0x41))).toEqual([])
    expect(texts(assembler.push(Buffer.from('AAA\rNEXT\r')))).toEqual(['too-long', 'NEXT'])
    expect(texts(assembler.push(Buffer.from(`${'B'.repeat(MAX_CODE_BYTES)}\r`)))).toEqual(['B'.repeat(MAX_CODE_BYTES)])
  })

  it('in any stream costs bounded memory and loses nothing but what is too long', () => {
    // Without `]`: an AIM identifier in front of a code is told apart from it, and has tests of its own.
    const chunk = fc.uint8Array({ maxLength: 300 }).map((bytes) => bytes.map((byte) => (byte === 0x5d ? 0x5b : byte)))
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const assembler = new ScanAssembler()
        const scans = chunks.flatMap((chunk) => assembler.push(chunk)).concat(assembler.endBySilence())
        const kept = Buffer.concat(scans.map((scan) => (scan.kind === 'code' ? scan.bytes : new Uint8Array(0))))
        const expected = Buffer.concat(chunks).filter((byte) => byte !== 13 && byte !== 10)
        if (scans.every((scan) => scan.kind === 'code')) expect(kept.equals(expected)).toBe(true)
      }),
    )
  })

  it('is UTF-8 where that is valid, else GB18030', () => {
    expect(decodeScan(Buffer.from('粤A12345 𬎆'))).toEqual({
      ok: true,
      value: { text: '粤A12345 𬎆', encoding: 'utf-8' },
    })
    expect(decodeScan(iconv.encode('道路运输证', 'gb18030'))).toEqual({
      ok: true,
      value: { text: '道路运输证', encoding: 'gb18030' },
    })
    expect(decodeScan(iconv.encode('𬎆', 'gb18030'))).toMatchObject({ ok: true, value: { text: '𬎆' } })
  })

  it('loses its control characters before anybody sees it', () => {
    expect(decodeScan(Buffer.from('\u001b[2JA\u0000B\u007f\u009b\tC'))).toMatchObject({ value: { text: '[2JABC' } })
  })

  it('that is neither, or empty, is undecodable', () => {
    expect(decodeScan(Uint8Array.of(0xff, 0xff, 0xff))).toEqual({ ok: false, error: { code: 'UNDECODABLE' } })
    expect(decodeScan(Uint8Array.of(1, 2, 3))).toEqual({ ok: false, error: { code: 'UNDECODABLE' } })
  })

  it('made of any bytes never throws and never carries a control character', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decodeScan(bytes)
        if (decoded.ok) expect(decoded.value.text).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})

describe('the scanner', () => {
  const suffixed: ScannerSettings = { encoding: 'utf-8', suffix: '\r' }

  function bench(settings: ScannerSettings = suffixed) {
    const clock = new SimulatedClock(0)
    const simulator = new ScannerSimulator(clock, settings)
    const pair = memoryPair('scanner')
    simulator.serve(pair.device)
    return { clock, simulator, pair, scanner: new Scanner(pair.host, clock, silentLog) }
  }

  it('hands out the code shown while somebody waits', async () => {
    const { clock, simulator, scanner } = bench()
    const scan = scanner.read(never, 5000)
    clock.setTimer(1000, () => simulator.show('440100165715'))
    await clock.advance(1000)
    expect(await scan).toEqual({
      ok: true,
      value: { text: '440100165715', encoding: 'utf-8', bytes: 12, symbology: null },
    })
    expect(scanner.status).toEqual({ state: 'listening' })
  })

  it('takes silence for the end where no suffix is set, in one code or many chunks', async () => {
    const { clock, simulator, scanner } = bench({ encoding: 'gb18030', suffix: '', line: { chunk: 2, delayMs: 40 } })
    const scan = scanner.read(never, 5000)
    await clock.advance(10)
    simulator.show('运输证号')
    await clock.advance(1000)
    expect(await scan).toMatchObject({ ok: true, value: { text: '运输证号', encoding: 'gb18030' } })
  })

  it('keeps two codes shown back to back in order, and none from the visit before', async () => {
    const { clock, simulator, scanner } = bench()
    const first = scanner.read(never, 5000)
    await clock.advance(10)
    simulator.show('FIRST')
    simulator.show('SECOND')
    await clock.advance(10)
    expect(await first).toMatchObject({ value: { text: 'FIRST' } })
    expect(await scanner.read(never, 5000)).toMatchObject({ value: { text: 'SECOND' } })
    simulator.show('OF THE VISIT BEFORE')
    await clock.advance(10)
    scanner.forget()
    const next = scanner.read(never, 100)
    await clock.advance(100)
    expect(await next).toEqual({ ok: false, error: { code: 'NO_SCAN' } })
  })

  it('does not pile up codes nobody asks for', async () => {
    const { clock, simulator, scanner } = bench()
    const first = scanner.read(never, 5000)
    await clock.advance(10)
    for (let count = 0; count < 30; count++) simulator.show(`CODE ${count}`)
    await clock.advance(10)
    expect(await first).toMatchObject({ value: { text: 'CODE 0' } })
    for (let count = 1; count <= 8; count++)
      expect(await scanner.read(never, 10)).toMatchObject({ value: { text: `CODE ${count}` } })
    const none = scanner.read(never, 10)
    await clock.advance(10)
    expect(await none).toMatchObject({ error: { code: 'NO_SCAN' } })
  })

  it('says what is too long or no text, and can be called off', async () => {
    const { clock, simulator, scanner } = bench()
    const long = scanner.read(never, 5000)
    await clock.advance(10)
    simulator.show('9'.repeat(MAX_CODE_BYTES + 1))
    await clock.advance(10)
    expect(await long).toEqual({ ok: false, error: { code: 'TOO_LONG' } })
    const binary = scanner.read(never, 5000)
    simulator.sendRaw(Uint8Array.of(0xff, 0xff, 0x0d))
    await clock.advance(10)
    expect(await binary).toEqual({ ok: false, error: { code: 'UNDECODABLE' } })
    const abort = new AbortController()
    const waiting = scanner.read(abort.signal, 5000)
    await clock.advance(10)
    abort.abort()
    expect(await waiting).toEqual({ ok: false, error: { code: 'CANCELLED' } })
  })

  it('whose line is lost in the middle of a code gives an error, not half a code; then works again', async () => {
    const { clock, simulator, scanner } = bench()
    const lost = scanner.read(never, 5000)
    await clock.advance(10)
    simulator.hangUpWhileShowing('440100165715', 5)
    await clock.advance(10)
    expect(await lost).toMatchObject({ ok: false, error: { code: 'PORT', cause: { code: 'LOST' } } })
    expect(scanner.status).toMatchObject({ state: 'unplugged' })
    const again = scanner.read(never, 5000)
    await clock.advance(10)
    simulator.show('A')
    await clock.advance(10)
    expect(await again).toMatchObject({ value: { text: 'A', bytes: 1 } })
    await scanner.close()
    expect(scanner.status).toEqual({ state: 'closed' })
  })

  it('that is not plugged in is named', async () => {
    const { pair, scanner } = bench()
    pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no such port' })
    expect(await scanner.read(never, 100)).toMatchObject({ error: { code: 'PORT', cause: { code: 'NOT_FOUND' } } })
  })

  it.each<[string, ScannerSettings]>([
    ['CR', suffixed],
    ['CR LF in single bytes', { encoding: 'utf-8', suffix: '\r\n', line: { chunk: 1, delayMs: 1 } }],
    ['silence', { encoding: 'gb18030', suffix: '' }],
  ])('works through the real serialport and over TCP: %s', async (_name, settings) => {
    for (const place of ['pty', 'tcp']) {
      const simulator = new ScannerSimulator(systemClock, settings)
      const hosted =
        place === 'pty'
          ? await simulatorOnPty(simulator.serve)
          : expectOk(await hostOnTcp(simulator.serve, { host: '127.0.0.1', port: 0 }), 'a listener')
      onTestFinished(() => hosted.close())
      const transport = expectOk(parseTransport(hosted.address, 9600), 'an address')
      const scanner = new Scanner(transport, systemClock, silentLog)
      onTestFinished(() => scanner.close())
      const ready = scanner.read(never, 5000)
      const showing = setInterval(() => simulator.show('粤交运管穗字440100165715号'), 150)
      onTestFinished(() => clearInterval(showing))
      expect(await ready).toMatchObject({ ok: true, value: { text: '粤交运管穗字440100165715号' } })
    }
  })

  it('bytes of a code are those of its encoding', () => {
    expect(Buffer.from(encodeScan('￥A', 'gb18030', '\r')).toString('hex')).toBe('a3a4410d')
  })
})

describe('the targets of the torture run', () => {
  it.each(fuzzTargets.map((target) => [target.name, target] as const))(
    '%s take their seeds, broken anywhere',
    (_name, target) => {
      expect(target.seeds.length).toBeGreaterThan(0)
      for (const seed of target.seeds)
        for (let at = 0; at <= seed.length; at++) {
          target.feed(seed.subarray(0, at))
          target.feed(Uint8Array.from(seed, (byte, index) => (index === at ? byte ^ 0xff : byte)))
        }
    },
  )
})

describe('a fault script of the scanner', () => {
  it('is read from JSON and from the short form', () => {
    expect(parseScannerFaultScript({ line: { chunk: 1 }, faults: [{ kind: 'late', ms: 5, on: 'light-on' }] }).ok).toBe(
      true,
    )
    expect(parseScannerFaults('chop=2,hang-up=4@code*1')).toEqual({
      ok: true,
      value: { line: { chunk: 2 }, faults: [{ kind: 'hang-up', at: 4, on: 'code', times: 1 }] },
    })
  })

  it('that says what no scanner does is refused', () => {
    for (const wrong of ['x', { faults: [{ kind: 'explode' }] }, { faults: [{ kind: 'late' }] }, { extra: 1 }])
      expect(parseScannerFaultScript(wrong).ok).toBe(false)
    for (const wrong of ['explode', 'late=x', 'silence@nowhere']) expect(parseScannerFaults(wrong).ok).toBe(false)
  })
})
