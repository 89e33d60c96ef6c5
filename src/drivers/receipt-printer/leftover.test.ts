import { describe, expect, it } from 'vitest'
import { passTime, receiptProfile } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { memoryPair } from '../transport/memory.ts'
import { loadDialect } from './dialect.ts'
import { ReceiptPrinterDriver } from './driver.ts'
import { encodeReceipt, paperDots } from './encoder.ts'
import type { ReceiptPrinterFaults } from './faults.ts'
import { layoutReceipt } from './layout.ts'
import type { LeftoverMemory } from './leftover.ts'
import type { PrintJob } from './outcome.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import type { Receipt } from './receipt.ts'
import type { Trouble } from './simulated-status.ts'
import { ReceiptPrinterSimulator } from './simulator.ts'

const MARK = '上一张未打完 作废'
/** 甲's slip is the one that is not finished, 乙 comes after her. */
const slipOf = (name: '甲' | '乙'): Receipt => ({
  receipt: 1,
  blocks: ['一', '二', '三'].map((line) => ({ type: 'text' as const, text: `${name}${line}` })),
})

const MODELS = ['generic-80', 'generic-58', 'epson-tm-t82', 'clone-80', 'custom-vkp80'] as const

interface Printer {
  readonly profile: ReceiptPrinterProfile
  readonly first: PrintJob
  readonly second: PrintJob
}

async function printerOf(model: string, change: Partial<ReceiptPrinterProfile> = {}): Promise<Printer> {
  const profile = receiptProfile(model, change)
  const dialect = await loadDialect(profile.dialect, profile.columns)
  const job = (name: '甲' | '乙'): PrintJob => {
    const lines = layoutReceipt(slipOf(name), profile.columns)
    const bytes = expectOk(encodeReceipt(lines, profile, dialect, undefined), 'encoding')
    return { id: name, bytes, paperDots: paperDots(lines), expectedMs: 1000, onSilence: 'refuse' }
  }
  return { profile, first: job('甲'), second: job('乙') }
}

/** Paper lines of the void mark, of 甲 and of 乙, piece by piece; the last piece is the one still under the head. */
type Piece = readonly string[]

/** A printer with its cable; the kiosk's process may die and begin anew with what it wrote down. */
function bench({ profile }: Printer, clearsInOrder = false) {
  const clock = new SimulatedClock(0)
  const simulator = new ReceiptPrinterSimulator({
    ...{ profile, clock, clearsInOrder },
    lettering: undefined,
    realSpeed: true,
  })
  const pair = memoryPair()
  simulator.serve(pair.device)
  let written = false
  const memory: LeftoverMemory = { recall: () => written, remember: (left) => void (written = left) }
  const process = (): ReceiptPrinterDriver => {
    const driver = new ReceiptPrinterDriver(pair.host, profile, clock, silentLog)
    driver.keepLeftoverIn(memory)
    return driver
  }
  let driver = process()
  return {
    clock,
    simulator,
    pair,
    memory,
    restart: async () => {
      await pair.host.close()
      driver = process()
    },
    status: () => passTime(clock, driver.status()),
    print: (job: PrintJob) => passTime(clock, driver.print(job)),
    isWritten: () => written,
    pieces: (): Piece[] => {
      const pieces = [...simulator.paper.documents, simulator.paper.piece()]
      return pieces.map(({ text }) => text.filter((line) => /[甲乙]|作废/.test(line)))
    },
  }
}

type Bench = ReturnType<typeof bench>

/** Nobody gets a line of 甲 with the slip of 乙 unless the mark stands between, and nothing stands on paper twice. */
function expectApart(pieces: readonly Piece[], { profile }: Printer, when: string, isWhole = false): void {
  for (const piece of pieces) {
    const firstOfSecond = piece.findIndex((line) => line.includes('乙'))
    if (firstOfSecond === -1) continue
    const before = piece.slice(0, firstOfSecond)
    if (profile.cutter !== 'none') expect(before, `${when}: on one piece`).toEqual([])
    else if (!isWhole && before.some((line) => line.includes('甲'))) expect(before.at(-1)?.trim(), when).toBe(MARK)
    expect(piece.slice(firstOfSecond), when).not.toContainEqual(expect.stringContaining('甲'))
  }
  const lines = pieces.flat().filter((line) => !line.includes('作废'))
  expect(new Set(lines).size, `${when}: ${lines.join(' ')}`).toBe(lines.length)
}

function expectWhole(pieces: readonly Piece[], when: string): void {
  const second = pieces.flat().filter((line) => line.includes('乙'))
  expect(second, when).toEqual(['乙一', '乙二', '乙三'])
}

const MEND: Readonly<Record<string, (kiosk: Bench) => Promise<void>>> = {
  'the next slip comes at once': () => Promise.resolve(),
  'the kiosk asks how the printer is before the next slip': async ({ status }) => {
    await status()
  },
  'the kiosk begins anew before the next slip': ({ restart }) => restart(),
}

describe.each(MODELS)('%s, stopped at any byte of a slip', (model) => {
  describe.each(['PAPER_OUT', 'COVER_OPEN'] as const satisfies readonly Trouble[])('by %s', (trouble) => {
    it.each(Object.entries(MEND))('never hands it out with the next one: %s', async (_how, between) => {
      const printer = await printerOf(model)
      let stopped = 0
      for (let byte = 1; byte <= printer.first.bytes.length + 40; byte++) {
        const kiosk = bench(printer)
        await kiosk.status()
        stopAfter(kiosk, trouble, byte)
        const first = await kiosk.print(printer.first)
        if (!first.ok) stopped++
        kiosk.simulator.faults = {}
        kiosk.simulator.mend()
        await between(kiosk)
        const second = await kiosk.print(printer.second)
        const when = `stopped at byte ${byte}, ${JSON.stringify(first)}`
        expectApart(kiosk.pieces(), printer, when, first.ok)
        expectWhole(kiosk.pieces(), when)
        if (printer.profile.proof !== 'presenter') expect(second.ok, when).toBe(true)
        if (first.ok) expect(kiosk.pieces().flat(), when).not.toContainEqual(expect.stringContaining('作废'))
      }
      expect(stopped).toBeGreaterThan(printer.first.bytes.length / 2)
    })
  })

  it('never hands it out with the next one when the process died in the middle', async () => {
    const printer = await printerOf(model)
    for (let byte = 1; byte <= printer.first.bytes.length; byte++) {
      const kiosk = bench(printer)
      kiosk.memory.remember(true)
      expectOk(await kiosk.pair.host.open(), 'open')
      expectOk(await kiosk.pair.host.write(printer.first.bytes.subarray(0, byte), 1000), 'a part of the slip')
      await kiosk.restart()
      expect(await kiosk.print(printer.second)).toHaveProperty('ok')
      expectApart(kiosk.pieces(), printer, `killed after byte ${byte}`)
      expectWhole(kiosk.pieces(), `killed after byte ${byte}`)
      expect(kiosk.pieces().flat()).toContainEqual(expect.stringContaining(MARK))
    }
  })
})

function stopAfter({ simulator }: Bench, trouble: Trouble, byte: number): void {
  const stop: ReceiptPrinterFaults['stop'] = { trouble, byte: simulator.obeyedBytes + byte }
  simulator.faults = { stop }
}

describe('what a slip left behind', () => {
  const inTheMiddle = async (printer: Printer, clearsInOrder = false): Promise<Bench> => {
    const kiosk = bench(printer, clearsInOrder)
    await kiosk.status()
    kiosk.simulator.faults = { paperOutAtLine: 2 }
    expect(await kiosk.print(printer.first)).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED' } })
    return kiosk
  }

  it('comes out by itself when paper is loaded, where the printer knows no way to forget it: DLE ENQ 2 is none', async () => {
    const kiosk = await inTheMiddle(await printerOf('generic-80'))
    kiosk.simulator.mend()
    await kiosk.clock.advance(3000)
    expect(kiosk.pieces()).toEqual([['甲一', '甲二', '甲三'], []])
  })

  it('is forgotten where the printer can forget, so that nothing more of it comes out', async () => {
    const kiosk = await inTheMiddle(await printerOf('epson-tm-t82'))
    kiosk.simulator.mend()
    await kiosk.clock.advance(3000)
    expect(kiosk.pieces()).toEqual([['甲一', '甲二']])
  })

  it('is marked void and cut off as soon as the kiosk sees the printer well again, and only once', async () => {
    const kiosk = await inTheMiddle(await printerOf('epson-tm-t82'))
    expect(await kiosk.status()).toBe('PAPER_OUT')
    expect(kiosk.isWritten()).toBe(true)
    kiosk.simulator.mend()
    expect(await kiosk.status()).toBe('READY')
    expect(await kiosk.status()).toBe('READY')
    expect(kiosk.pieces().map((piece) => piece.map((line) => line.trim()))).toEqual([['甲一', '甲二', MARK], []])
    expect(kiosk.isWritten()).toBe(false)
  })

  it('is marked by a kiosk that was not there when it was begun', async () => {
    const kiosk = await inTheMiddle(await printerOf('epson-tm-t82'))
    kiosk.simulator.mend()
    await kiosk.restart()
    await kiosk.status()
    expect(kiosk.pieces()[0]?.at(-1)?.trim()).toBe(MARK)
  })

  it('is marked once where nothing can prove the mark, and again in front of the next slip', async () => {
    const printer = await printerOf('generic-80', { proof: 'process-id' })
    const kiosk = bench(printer)
    kiosk.simulator.faults = { answers: [{ kind: 'silence', on: 'process-id', times: 0 }] }
    expect(await kiosk.print(printer.first)).toHaveProperty('ok')
    for (let asked = 0; asked < 3; asked++) await kiosk.status()
    const marks = (): number =>
      kiosk
        .pieces()
        .flat()
        .filter((line) => line.includes('作废')).length
    expect(marks()).toBe(1)
    expect(await kiosk.print(printer.second)).toHaveProperty('ok')
    expect(marks()).toBe(2)
  })

  it('needs no mark after a slip that came out whole, nor on a line on which nothing is ever known', async () => {
    for (const model of ['generic-80', 'raw-80']) {
      const printer = await printerOf(model)
      const kiosk = bench(printer)
      expect(await kiosk.print(printer.first)).toHaveProperty('ok')
      expect(await kiosk.print(printer.second)).toHaveProperty('ok')
      expect(kiosk.pieces()).toEqual([['甲一', '甲二', '甲三'], ['乙一', '乙二', '乙三'], []])
    }
  })

  it('is apart from the next one on a one-way line too, when the process died in the middle', async () => {
    const printer = await printerOf('raw-80')
    for (let byte = 1; byte <= printer.first.bytes.length; byte++) {
      const kiosk = bench(printer)
      kiosk.memory.remember(true)
      expectOk(await kiosk.pair.host.open(), 'open')
      expectOk(await kiosk.pair.host.write(printer.first.bytes.subarray(0, byte), 1000), 'a part of the slip')
      await kiosk.restart()
      expect(await kiosk.print(printer.second)).toHaveProperty('ok')
      expectApart(kiosk.pieces(), printer, `killed after byte ${byte}`)
      expectWhole(kiosk.pieces(), `killed after byte ${byte}`)
    }
  })

  it('never joins the next one on a clone that clears its buffer only when it comes to the command', async () => {
    const printer = await printerOf('epson-tm-t82')
    for (let byte = 1; byte <= printer.first.bytes.length + 20; byte++) {
      const kiosk = bench(printer, true)
      await kiosk.status()
      stopAfter(kiosk, 'PAPER_OUT', byte)
      expect(await kiosk.print(printer.first)).toHaveProperty('ok')
      kiosk.simulator.faults = {}
      kiosk.simulator.mend()
      expect(await kiosk.print(printer.second)).toHaveProperty('ok')
      expectApart(kiosk.pieces(), printer, `stopped at byte ${byte}`)
    }
  })

  it('that has a void mark is drawn back where the presenter can, and stands in the mouth where it cannot', async () => {
    for (const retract of ['gs-e-2', 'none'] as const) {
      const kiosk = await inTheMiddle(await printerOf('custom-vkp80', { retract }))
      kiosk.simulator.mend()
      kiosk.simulator.take()
      const state = await kiosk.status()
      expect(kiosk.pieces().flat().at(-1)?.trim()).toBe(MARK)
      expect(kiosk.simulator.retracted).toEqual(retract === 'none' ? [] : [kiosk.simulator.paper.documents.length])
      expect(state).toBe(retract === 'none' ? 'PAPER_NOT_TAKEN' : 'READY')
    }
  })

  it('is counted with its mark when paper and cuts are told', async () => {
    const printer = await printerOf('generic-80')
    const plain = await bench(printer).print(printer.second)
    const kiosk = await inTheMiddle(printer)
    kiosk.simulator.mend()
    const marked = await kiosk.print(printer.second)
    if (!plain.ok || !marked.ok) throw new Error('both slips should have come out')
    expect(marked.value.usage.cuts).toBe(plain.value.usage.cuts + 1)
    expect(marked.value.usage.paperMm).toBeGreaterThan(plain.value.usage.paperMm)
  })
})
