import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import jsqr from 'jsqr'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { composeDocument } from '../../src/kiosk/documents/compose.ts'
import { expectOk } from '../../src/lib/result.ts'
import { DocumentPrinter } from '../../src/drivers/document-printer/device.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { cupsdMissing, startCupsd } from '../support/cupsd.ts'
import { notPassedSample, readinessSample } from '../support/document-samples.ts'
import type { LaunchedKiosk } from '../support/electron.ts'
import { launchShell } from '../support/shell-fixture/launch.ts'

const run = promisify(execFile)
const POINTS_PER_MM = 72 / 25.4
const popplerMissing = existsSync('/usr/bin/pdftoppm') ? null : 'poppler-utils is not installed'
if (popplerMissing !== null) process.stderr.write(`document.test.ts: ${popplerMissing}; the PDF is not looked into\n`)

const hostile = `<!doctype html><html><head><link rel="stylesheet" href="document.css">
<script>document.documentElement.textContent = 'SCRIPT RAN'</script>
<link rel="stylesheet" href="https://example.com/a.css"></head>
<body onload="document.body.textContent = 'HANDLER RAN'"><img src="http://127.0.0.1:1/x.png"><iframe src="kiosk://app/index.html"></iframe>
<style>p { font-size: 90mm }</style><p>QUIET</p><meta http-equiv="refresh" content="0;url=kiosk://app/index.html"></body></html>`

/**
 * Millimetres from the sheet's corner. (Chromium rounds the base line of text to its pixels, 0.26 mm; a transform is exact.) From edge to edge, and none of them a whole number of pixels.
 */
const anchors = [
  { name: '甲', left: 3.3, top: 2.1 },
  { name: '乙', left: 104.7, top: 71.9 },
  { name: '丙', left: 13.15, top: 148.55 },
  { name: '丁', left: 201.2, top: 287.4 },
]
const anchorSheet = {
  html: `<!doctype html><html><head><link rel="stylesheet" href="document.css"></head><body>${anchors
    .map(({ name }, index) => `<i id="a${index}">${name}</i>`)
    .join('')}</body></html>`,
  css: `@import url('fonts/fonts.css'); @page { size: 210mm 297mm; margin: 0 } i { position: absolute; top: 0; left: 0; line-height: 1; font: 4mm 'Noto Sans SC' }
    ${anchors.map(({ left, top }, index) => `#a${index} { transform: translate(${left}mm, ${top}mm) }`).join('\n')}`,
}

describe('A4 documents are drawn by a hidden window', () => {
  let shell: LaunchedKiosk
  let folder: string
  const file = (name: string): string => join(folder, name)
  let mostWindows = 0

  beforeAll(async () => {
    folder = process.env['KEEP_DOCUMENTS'] ?? (await mkdtemp(join(tmpdir(), 'kiosk-documents-')))
    const notPassed = expectOk(await composeDocument('p03-review-not-passed', notPassedSample), 'the template')
    const readiness = expectOk(await composeDocument('readiness-report', readinessSample), 'the template')
    const wanted = [
      { name: 'p03', ...notPassed },
      { name: 'readiness', ...readiness },
      { name: 'anchors', ...anchorSheet },
      { name: 'hostile', html: hostile, css: notPassed.css },
    ]
    await writeFile(file('wanted.json'), JSON.stringify(wanted))
    shell = await launchShell({
      env: {
        KIOSK_DOCK: '0',
        KIOSK_ENTRY: join(import.meta.dirname, '..', 'support', 'document-fixture', 'kiosk.ts'),
        DOCUMENTS: folder,
      },
    })
    await vi.waitFor(
      async () => {
        const count = await shell.app.evaluate(({ webContents }) => webContents.getAllWebContents().length)
        mostWindows = Math.max(mostWindows, count)
        expect(existsSync(file('done'))).toBe(true)
      },
      { timeout: 60_000, interval: 20 },
    )
    process.stderr.write(
      shell
        .output()
        .split('\n')
        .filter((line) => line.includes('document'))
        .join('\n') + '\n',
    )
  })
  afterAll(async () => {
    await shell.close()
    if (process.env['KEEP_DOCUMENTS'] === undefined) await rm(folder, { recursive: true, force: true })
  })

  test.each(['p03', 'readiness'])('%s is A4 to the micrometre', async (name) => {
    const text = (await readFile(file(`${name}.pdf`))).toString('latin1')
    const boxes = [...text.matchAll(/\/MediaBox\s*\[\s*([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s*\]/g)]
    expect(boxes.length).toBeGreaterThan(0)
    for (const box of boxes) {
      const [left = NaN, bottom = NaN, right = NaN, top = NaN] = box
        .slice(1)
        .map((part) => Number(part) / POINTS_PER_MM)
      expect([left, bottom]).toEqual([0, 0])
      expect(Math.abs(right - 210)).toBeLessThan(0.001)
      expect(Math.abs(top - 297)).toBeLessThan(0.001)
    }
  })

  test('the windows are gone when the documents are there, and there was one at a time', async () => {
    await vi.waitFor(async () => {
      expect(await shell.app.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1)
    })
    expect(mostWindows).toBe(2)
    expect(await shell.app.evaluate(({ session }) => session.fromPartition('document').isPersistent())).toBe(false)
  })

  test.skipIf(cupsdMissing !== null)('what was drawn comes out of a real queue byte for byte', async () => {
    const cups = await startCupsd()
    try {
      await cups.addFileQueue('a4', file('paper.pdf'))
      const server = { kind: 'socket', path: cups.socketPath } as const
      const printer = new DocumentPrinter({
        server,
        queue: 'a4',
        clock: systemClock,
        log: silentLog,
        times: { settleMs: 0 },
      })
      const drawn = await readFile(file('p03.pdf'))
      expect(await printer.print(drawn, 'E2E')).toMatchObject({ ok: true, value: { provedBy: 'SPOOLER' } })
      expect(drawn.equals(await readFile(file('paper.pdf')))).toBe(true)
    } finally {
      await cups.stop()
    }
  })

  describe.skipIf(popplerMissing !== null)('on paper', () => {
    const words = async (name: string): Promise<Word[]> => {
      const { stdout } = await run('pdftotext', ['-bbox', file(`${name}.pdf`), '-'], { maxBuffer: 1 << 24 })
      return readWords(stdout)
    }
    const pages = async (name: string, dpi: number): Promise<void> => {
      await run('pdftoppm', ['-png', '-r', String(dpi), file(`${name}.pdf`), file(name)])
    }

    test('P03 says what the slip says, with markup of the centre as plain text', async () => {
      const { stdout } = await run('pdftotext', ['-layout', file('p03.pdf'), '-'])
      const flat = stdout.replace(/\s/gu, '')
      for (const expected of [
        '审验不通过清单',
        '浙A00000（黄色）',
        '<b>检测站',
        '&"一站"',
        '样张',
        'ABCD1234',
        '12328',
      ])
        expect(flat).toContain(expected.replace(/\s/gu, ''))
    })

    test('what is placed by a transform stands to 0.1 mm where the style sheet puts it', async () => {
      const found = await words('anchors')
      expect(found.map(({ text }) => text)).toEqual(anchors.map(({ name }) => name))
      const [first = expect.unreachable('no anchor')] = found
      for (const [index, { left, top }] of anchors.entries()) {
        const word = found[index] ?? first
        expect(Math.abs(word.left - left)).toBeLessThan(0.1)
        // The box of a word begins with the line, the same distance above every one of them.
        expect(Math.abs(word.top - first.top - (top - (anchors[0]?.top ?? 0)))).toBeLessThan(0.1)
      }
    })

    test('the title of P03 is centred and its imprint begins at the margin, to 0.1 mm', async () => {
      const found = await words('p03')
      const at = (start: string): Word => found.find(({ text }) => text.startsWith(start)) ?? expect.unreachable(start)
      const title = at('审验不通过清单')
      expect(Math.abs((title.left + title.right) / 2 - 105)).toBeLessThan(0.1)
      expect(Math.abs(at('打印时间').left - 20)).toBeLessThan(0.1)
    })

    test('the QR symbol of P03 can be read from the paper', async () => {
      await pages('p03', 150)
      const image = await loadImage(file('p03-1.png'))
      const context = createCanvas(image.width, image.height).getContext('2d')
      context.drawImage(image, 0, 0)
      const { data, width, height } = context.getImageData(0, 0, image.width, image.height)
      const read = jsqr as unknown as typeof jsqr.default
      expect(read(data, width, height)?.data).toBe(notPassedSample.queryUrl)
    })

    test('the fonts are ours and inside the PDF', async () => {
      const { stdout } = await run('pdffonts', [file('p03.pdf')])
      const fonts = stdout.trim().split('\n').slice(2)
      expect(fonts.length).toBeGreaterThan(0)
      for (const font of fonts) expect(font).toMatch(/NotoSansSC.*\byes\s+yes\b/)
    })

    test('a long readiness report goes on on a second sheet with its head, margins and imprint', async () => {
      await pages('readiness', 60)
      const { stdout } = await run('pdftotext', ['-layout', file('readiness.pdf'), '-'])
      const sheets = stdout.split('\f').filter((sheet) => sheet.trim() !== '')
      expect(sheets).toHaveLength(2)
      for (const sheet of sheets) {
        expect(sheet).toContain('检查项目')
        expect(sheet).toContain('K-330100-001')
      }
      expect(sheets[1]).toContain('检查人员签字')
      for (const word of await words('readiness')) {
        expect(word.left).toBeGreaterThan(19.9)
        expect(word.right).toBeLessThan(190.1)
        expect(word.top).toBeGreaterThan(19)
        expect(word.bottom).toBeLessThan(290)
      }
    })

    test('nothing in a document runs, loads or leads elsewhere', async () => {
      const { stdout } = await run('pdftotext', [file('hostile.pdf'), '-'])
      expect(stdout.trim()).toBe('QUIET')
      const [quiet] = await words('hostile')
      expect((quiet?.bottom ?? 0) - (quiet?.top ?? 0)).toBeLessThan(10)
    })
  })
})

/** A word with its box on the sheet, millimetres from the top left corner. */
interface Word {
  readonly text: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

function readWords(xhtml: string): Word[] {
  const boxes = xhtml.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</g)
  return [...boxes].map(([, left, top, right, bottom, text = '']) => {
    const mm = (points: string | undefined): number => Number(points) / POINTS_PER_MM
    return { text, left: mm(left), top: mm(top), right: mm(right), bottom: mm(bottom) }
  })
}
