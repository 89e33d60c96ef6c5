import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { createCanvas } from '@napi-rs/canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PEOPLE, renderFace } from '../../tests/support/faces.ts'
import { ratesOf } from './pair-rates.ts'
import { readPairs } from './pairs-file.ts'
import type { PairsReport } from './pairs-run.ts'

describe('a pairs file', () => {
  const pair = { pathA: 'a.jpg', pathB: 'b.jpg', same: true }

  it.each([
    ['as documented', 'path_a,path_b,same\na.jpg,b.jpg,1\n'],
    ['with CRLF, a byte order mark and blank lines', '\uFEFFpath_a,path_b,same\r\n\r\na.jpg,b.jpg,1\r\n\r\n'],
    ['without a last line end', 'path_a,path_b,same\na.jpg,b.jpg,true'],
    ['with quotes and spaces', '"path_a","path_b","same"\n "a.jpg" , b.jpg ,TRUE\n'],
    ['with columns in another order and others between', 'same,note,path_b,path_a\nyes,"x, y",b.jpg,a.jpg\n'],
    ['without a header', 'a.jpg,b.jpg,1\n'],
  ])('%s is read', (_, text) => {
    expect(readPairs(text)).toEqual({ ok: true, value: [pair] })
  })

  it('may leave open whether two pictures show one person', () => {
    expect(readPairs('path_a,path_b\na.jpg,b.jpg\n')).toEqual({ ok: true, value: [{ ...pair, same: undefined }] })
  })

  it('keeps commas, quotes and line ends inside quotes', () => {
    const text = 'path_a,path_b,same\n"a,""1"".jpg","b\n.jpg",0\n'
    expect(readPairs(text)).toEqual({ ok: true, value: [{ pathA: 'a,"1".jpg', pathB: 'b\n.jpg', same: false }] })
  })

  it.each([
    ['path_a,path_b,same\na.jpg,b.jpg,1\na.jpg,b.jpg,perhaps\n', 3],
    ['path_a,path_b,same\na.jpg\n', 2],
  ])('with a row that means nothing is refused with its line', (text, line) => {
    expect(readPairs(text)).toMatchObject({ ok: false, error: { line } })
  })
})

describe('the rates of judged pairs', () => {
  const impostors = Array.from({ length: 1000 }, (_, index) => ({ same: false, score: index / 2000 }))
  const genuine = Array.from({ length: 100 }, (_, index) => ({ same: true, score: 0.4 + index / 200 }))

  it('are read off the impostors: one in a hundred above the cut', () => {
    const rates = ratesOf([...impostors, ...genuine], 0.46)
    expect(rates.thresholdAtFar1e2).toBe(0.4945)
    expect(rates.tarAtFar1e2).toBe(0.81)
    expect(rates.tarAtFar1e3).toBe(0.8)
    expect(rates.farAtThreshold).toBe(0.08)
    expect(rates.tarAtThreshold).toBe(0.88)
    expect(rates.accuracy).toBe((88 + 920) / 1100)
  })

  it('count a refused pair against the engine: not accepted, and named', () => {
    const rates = ratesOf(
      [...impostors, ...genuine, ...Array.from({ length: 100 }, () => ({ same: true, score: null }))],
      0.46,
    )
    expect(rates.refusals).toBe(100)
    expect(rates.tarAtFar1e2).toBe(0.405)
    expect(rates.genuinePairs).toBe(200)
  })

  it('are absent, not invented, without pairs to measure on', () => {
    expect(ratesOf([], 0.4)).toMatchObject({ accuracy: null, tarAtFar1e2: null, farAtThreshold: null })
  })

  it('never promise a false accept rate that the impostors do not keep', () => {
    const scores = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(scores, scores, (same, different) => {
        const pairs = [
          ...same.map((score) => ({ same: true, score })),
          ...different.map((score) => ({ same: false, score })),
        ]
        const cut = ratesOf(pairs, 0.4).thresholdAtFar1e2!
        expect(different.filter((score) => score > cut).length).toBeLessThanOrEqual(0.01 * different.length + 1e-9)
      }),
    )
  })
})

describe('npm run face -- pairs', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'pairs-'))
    const card = { width: 102, height: 126, faceHeight: 0.55 }
    const photo = { width: 400, height: 500, faceHeight: 0.5, light: 0.8 }
    await writeFile(path.join(folder, 'bo-card.jpg'), await (await renderFace(PEOPLE.bo, card)).encode('jpeg', 40))
    await writeFile(path.join(folder, 'bo.jpg'), await (await renderFace(PEOPLE.bo, photo)).encode('jpeg', 90))
    await writeFile(path.join(folder, 'dan.png'), await (await renderFace(PEOPLE.dan, photo)).encode('png'))
    await writeFile(path.join(folder, 'blank.png'), await createCanvas(200, 200).encode('png'))
    await writeFile(path.join(folder, 'text.jpg'), 'this is no picture')
    await writeFile(
      path.join(folder, 'pairs.csv'),
      'path_a,path_b,same\r\nbo-card.jpg,bo.jpg,1\r\nbo-card.jpg,dan.png,0\r\nbo.jpg,blank.png,0\r\ntext.jpg,gone.jpg,0\r\n',
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  const face = (...args: string[]) =>
    promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'cli.ts'), ...args])

  it('writes a score or a reason for every pair, and the rates', async () => {
    const out = path.join(folder, 'out.json')
    await face('pairs', '--csv', path.join(folder, 'pairs.csv'), '--root', folder, '--json', out)
    const report = JSON.parse(await readFile(out, 'utf8')) as PairsReport
    const [same, different, blank, broken] = report.pairs
    expect(same).toMatchObject({ path_a: 'bo-card.jpg', path_b: 'bo.jpg', same: true, reason: null })
    expect(same!.score).toBeGreaterThan(report.threshold)
    expect(different!.score).toBeLessThan(report.threshold)
    expect(blank).toMatchObject({ score: null, reason: 'b: NO_FACE' })
    expect(broken).toMatchObject({ score: null, reason: 'a: NOT_A_PICTURE, b: FILE_MISSING' })
    expect(report.summary).toMatchObject({ images: 6, facesNotFound: 1, unreadable: 2, refusals: 2, tarAtFar1e2: 1 })
    expect(report.summary.msPerImage.feature).toBeGreaterThan(0)
  })

  it('names the missing file and exits 1', async () => {
    await expect(face('pairs', '--csv', path.join(folder, 'none.csv'), '--json', 'x')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('none.csv') as string,
    })
  })
})
