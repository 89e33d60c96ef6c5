import { readFileSync } from 'node:fs'
import { AnswerParser } from '../../src/drivers/receipt-printer/codec.ts'
import { loadDialect } from '../../src/drivers/receipt-printer/dialect.ts'
import { encodeReceipt } from '../../src/drivers/receipt-printer/encoder.ts'
import { layoutReceipt } from '../../src/drivers/receipt-printer/layout.ts'
import { ReceiptPrinterProfile } from '../../src/drivers/receipt-printer/profile.ts'
import { fillReceiptTemplate, ReceiptTemplate } from '../../src/drivers/receipt-printer/template.ts'
import { loadLettering } from '../../src/drivers/raster/lettering.ts'
import { assetPath } from '../../src/lib/assets.ts'
import { expectOk } from '../../src/lib/result.ts'
import { SAMPLE_VALUES } from '../support/printing.ts'
import { atMost, median, rounded, type BenchResult } from './figures.ts'

const TURNS = 200
/** Status storms come in chunks of this size from a serial port or socket. */
const CHUNK = 64 * 1024
const PARSE_MB = 64

/** From values to bytes: template filled, laid out, encoded, with a line for which the printer has no characters. */
export async function benchReceiptEncode(): Promise<BenchResult> {
  const shipped = (folder: string, file: string): unknown => JSON.parse(readFileSync(assetPath(folder, file), 'utf8'))
  const template = ReceiptTemplate.parse(shipped('templates', 'p04-endorsement-receipt.json'))
  const values = { ...SAMPLE_VALUES, stationName: '䶮㛃检测站' }
  const lettering = await loadLettering()
  const details: Record<string, unknown> = {}
  const figures = []
  for (const model of ['generic-80', 'generic-58']) {
    const profile = ReceiptPrinterProfile.parse(shipped('printers', `${model}.json`))
    const dialect = await loadDialect(profile.dialect, profile.columns)
    const times: number[] = []
    let bytes = 0
    for (let turn = 0; turn < TURNS; turn++) {
      const began = performance.now()
      const receipt = expectOk(fillReceiptTemplate(template, values), 'filled')
      const lines = layoutReceipt(receipt, profile.columns)
      bytes = expectOk(encodeReceipt(lines, profile, dialect, lettering), 'encoded').length
      times.push(performance.now() - began)
    }
    details[model] = { bytes, firstMs: rounded(times[0] ?? NaN), medianMs: rounded(median(times)) }
    figures.push(atMost(`a receipt encoded, ${model}`, median(times), 5, 'ms'))
  }
  const parsing = { automatic: [0x10, 0, 0, 0x0f], 'real time': [0x12], noise: [0xff, 0x80] }
  for (const [name, pattern] of Object.entries(parsing)) details[`${name} parsed MB/s`] = parseSpeed(pattern)
  // 200 MB/s are 0.005 ms a kilobyte.
  figures.push(
    atMost('a kilobyte of status pushed by the printer parsed', 1 / parseSpeed(parsing.automatic), 0.005, 'ms'),
  )
  return { figures, details }
}

/** Megabytes of `pattern`, over and over, that the answer parser takes in a second. */
function parseSpeed(pattern: readonly number[]): number {
  const chunk = Uint8Array.from({ length: CHUNK }, (_, at) => pattern[at % pattern.length] ?? 0)
  const parser = new AnswerParser()
  for (let warm = 0; warm < 20; warm++) parser.push(chunk)
  const turns = (PARSE_MB * 2 ** 20) / CHUNK
  const began = performance.now()
  for (let turn = 0; turn < turns; turn++) parser.push(chunk)
  return rounded((turns * CHUNK) / 1000 / (performance.now() - began))
}
