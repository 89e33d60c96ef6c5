import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import subsetFont from 'subset-font'
import { codePointsOf } from './fonts/cmap.ts'
import { restSlices } from './fonts/slices.ts'
import { unicodeRange } from './fonts/unicode-range.ts'

/**
 * Builds the shipped type: files of Noto Sans SC (SIL OFL 1.1) and the `fonts.css` that names them.
 *
 * `first` holds every character of our own texts and tables, digits, Latin and the common surnames: it is all that the
 * home screen needs, and it is compressed (woff2). The rest of the font follows in slices that Chromium reads only when a
 * name asks for one; they lie on the same disk, so packing them would cost a minute of every first build for nothing.
 * `unicode-range` in the style sheet is exact, so the page can tell from it what the font can show (`canShow`).
 */

const root = join(import.meta.dirname, '..')
const cacheDir = join(root, '.cache', 'fonts')
const require = createRequire(import.meta.url)
const fontPackage = '@expo-google-fonts/noto-sans-sc'

/** CSS weight → file of the package. */
const weights = { 400: '400Regular/NotoSansSC_400Regular.ttf', 600: '600SemiBold/NotoSansSC_600SemiBold.ttf' } as const

/** Surnames of most people in China, given-name characters come from the slices. */
const surnames =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤'

/** Folders whose Chinese characters belong to the first slice: our texts, code tables and province data. */
const sourcesOfText = ['assets', 'src/domain']

interface Slice {
  readonly name: string
  readonly format: 'woff2' | 'truetype'
  /** Code points in the file. */
  readonly contains: readonly number[]
  /** Those that the style sheet says the file is for; no two files of a weight answer for the same one. */
  readonly answersFor: readonly number[]
}

/**
 * Writes `fonts.css` and its woff2 files into `outDir`. Every file is cached in `.cache/fonts` under a hash of what it is
 * made of; the slices do not depend on our texts, so a changed sentence costs only the first file again (about a second).
 */
export async function buildFonts(outDir: string): Promise<void> {
  const first = await firstCharacters()
  const recipe = await readFile(join(packageDir(), 'package.json'), 'utf8')
  await mkdir(outDir, { recursive: true })
  await mkdir(cacheDir, { recursive: true })
  const rules: string[] = []
  for (const [weight, file] of Object.entries(weights)) {
    const font = await readFile(join(packageDir(), file))
    for (const slice of slicesOf(codePointsOf(font), first)) {
      const name = `noto-sans-sc-${weight}-${slice.name}.${extensions[slice.format]}`
      await copyFile(await cached(font, slice, `${recipe}${weight}`), join(outDir, name))
      rules.push(fontFace(weight, name, slice))
    }
  }
  await copyFile(join(packageDir(), 'LICENSE_FONT'), join(outDir, 'fonts-license.txt'))
  await writeFile(join(outDir, 'fonts.css'), rules.join('\n'))
}

const extensions = { woff2: 'woff2', truetype: 'ttf' } as const

/** Path of the file of a slice, made if it is not in the cache. Safe when two builds run at once. */
async function cached(font: Buffer, slice: Slice, recipe: string): Promise<string> {
  const hash = createHash('sha256')
    .update(recipe)
    .update(slice.format)
    .update(slice.contains.join())
    .digest('hex')
    .slice(0, 16)
  const path = join(cacheDir, `${hash}.${extensions[slice.format]}`)
  if (existsSync(path)) return path
  const draft = `${path}.${process.pid}`
  const characters = String.fromCodePoint(...slice.contains)
  await writeFile(
    draft,
    await subsetFont(font, characters, {
      targetFormat: slice.format,
      noHinting: true,
    }),
  )
  await rename(draft, path)
  return path
}

function slicesOf(available: ReadonlySet<number>, first: ReadonlySet<number>): Slice[] {
  const known = [...first].filter((codePoint) => available.has(codePoint)).sort((a, b) => a - b)
  const rest = restSlices([...available]).map(({ name, codePoints }) => ({
    name,
    format: 'truetype' as const,
    contains: codePoints,
    answersFor: codePoints.filter((codePoint) => !first.has(codePoint)),
  }))
  return [{ name: 'first', format: 'woff2', contains: known, answersFor: known }, ...rest]
}

function fontFace(weight: string, file: string, slice: Slice): string {
  return [
    '@font-face {',
    "  font-family: 'Noto Sans SC';",
    `  font-weight: ${weight};`,
    '  font-display: block;',
    `  src: url('${file}') format('${slice.format}');`,
    `  unicode-range: ${unicodeRange(slice.answersFor)};`,
    '}',
  ].join('\n')
}

async function firstCharacters(): Promise<ReadonlySet<number>> {
  const set = new Set<number>()
  const add = (text: string): void => {
    for (const char of text) if (char.charCodeAt(0) >= 32) set.add(char.codePointAt(0) ?? 0)
  }
  for (let ascii = 0x20; ascii < 0x7f; ascii++) set.add(ascii)
  add('，。、；：？！（）《》“”‘’—…·～－％＋￥　①②③④⑤⑥⑦⑧⑨°×→↑↓')
  add(surnames)
  for (const folder of sourcesOfText) for (const text of await textsUnder(join(root, folder))) add(text)
  return set
}

async function textsUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true })
  const files = entries.filter((name) => /\.(json|ts)$/.test(name) && !name.includes('.test.')).sort()
  return Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
}

function packageDir(): string {
  return dirname(require.resolve(`${fontPackage}/package.json`))
}

if (process.argv[1] === import.meta.filename) await buildFonts(process.argv[2] ?? join(root, 'dist', 'renderer'))
