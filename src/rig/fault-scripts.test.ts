import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseFaultScript as parseCertificateFaults } from '../drivers/certificate-printer/fault-script.ts'
import { parseDocumentPrinterFaults } from '../drivers/document-printer/fault-script.ts'
import { IcCardFaultScript } from '../drivers/pcsc/faults.ts'
import { parseFaultScript as parseReaderFaults } from '../drivers/id-card/fault-script.ts'
import { BoardFaultScript } from '../drivers/io-board/faults.ts'
import { parseFaultScript as parseReceiptFaults } from '../drivers/receipt-printer/fault-script.ts'
import { parseScannerFaultScript } from '../drivers/scanner/fault-script.ts'
import { UpsFaultScript } from '../drivers/ups/faults.ts'
import { StickFaultScript } from '../drivers/watchdog/faults.ts'

const root = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(root, 'docs/devices/fault-scripts.md'), 'utf8')

/** The check of each device, and the file whose schema names its kinds. */
const devices: Readonly<Record<string, { readonly file: string; readonly check: (json: unknown) => unknown }>> = {
  'id-card': { file: 'fault-script.ts', check: parseReaderFaults },
  scanner: { file: 'fault-script.ts', check: parseScannerFaultScript },
  'certificate-printer': { file: 'fault-script.ts', check: parseCertificateFaults },
  'receipt-printer': { file: 'fault-script.ts', check: parseReceiptFaults },
  'document-printer': { file: 'fault-script.ts', check: parseDocumentPrinterFaults },
  ups: { file: 'faults.ts', check: (json) => ({ ok: UpsFaultScript.safeParse(json).success }) },
  'io-board': { file: 'faults.ts', check: (json) => ({ ok: BoardFaultScript.safeParse(json).success }) },
  watchdog: { file: 'faults.ts', check: (json) => ({ ok: StickFaultScript.safeParse(json).success }) },
  'ic-card': { file: '../pcsc/faults.ts', check: (json) => ({ ok: IcCardFaultScript.safeParse(json).success }) },
}

function sectionOf(device: string): string {
  return page.split(/^## /m).find((section) => section.startsWith(`${device}\n`)) ?? ''
}

describe.each(Object.entries(devices))('the page of fault scripts, %s', (device, { file, check }) => {
  const section = sectionOf(device)
  const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(section)?.[1] ?? 'null') as { faults: { kind: string }[] }
  const explained = [...section.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, kind]) => kind)
  const source = readFileSync(join(root, 'src/drivers', device, file), 'utf8')
  const known = [...source.matchAll(/kind: z\.literal\('([a-z0-9-]+)'\)/g)].map(([, kind]) => kind)

  it('has an example that the simulator takes', () => {
    expect(check(example)).toMatchObject({ ok: true })
    expect(check({ faults: [{ kind: 'no-such-kind' }] })).toMatchObject({ ok: false })
  })

  it('explains and shows every kind there is, and no other', () => {
    expect(known).not.toEqual([])
    expect(explained.toSorted()).toEqual(known.toSorted())
    expect(example.faults.map(({ kind }) => kind).toSorted()).toEqual(known.toSorted())
  })
})
