import { createRequire } from 'node:module'
import type { SKRSContext2D } from '@napi-rs/canvas'
import { Bitmap } from './bitmap.ts'
import { readCharacterMap, type CharacterMap } from './cmap.ts'

/** Text as dots, drawn with the shipped font (and what fonts a site adds for rare names). */
export interface Lettering {
  /** Whether a font of the stack really holds the character: known from its `cmap`, never guessed from a drawn box. */
  hasGlyph(codePoint: number): boolean
  /** The characters of `text` that no font holds, each once, in order. Empty when the text can be drawn. */
  missing(text: string): readonly string[]
  /**
   * One character in a cell of `width` × `height` dots, baseline and size such that cells side by side make text.
   * A Chinese character fills a square cell, a Latin one half of it; other proportions stretch. Throws when no font
   * holds the character: callers ask `missing` first, so that a box or a question mark can never reach paper.
   */
  glyph(character: string, width: number, height: number): Bitmap
}

/** Loads the drawing library and the fonts (about 30 ms); the result is kept for the life of the process. */
export function loadLettering(extraFonts: readonly string[] = []): Promise<Lettering> {
  const key = extraFonts.join('\n')
  const known = loaded.get(key)
  if (known !== undefined) return known
  const fresh = load([shippedFont(), ...extraFonts])
  loaded.set(key, fresh)
  return fresh
}

const loaded = new Map<string, Promise<Lettering>>()

/** Path of the shipped Noto Sans SC (SIL OFL 1.1): all of the 20 902 URO characters, extension A, 220 of B and later. */
export function shippedFont(): string {
  const require = createRequire(import.meta.url)
  return require.resolve('@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf')
}

async function load(paths: readonly string[]): Promise<Lettering> {
  const { createCanvas, GlobalFonts } = await import('@napi-rs/canvas')
  const fonts: { family: string; map: CharacterMap }[] = []
  for (const path of paths) {
    const family = `kiosk-type-${String(++families)}`
    if (GlobalFonts.registerFromPath(path, family) === null) throw new Error(`cannot load font ${path}`)
    fonts.push({ family, map: await readCharacterMap(path) })
  }
  const cells = new Map<string, Bitmap>()
  const familyOf = (codePoint: number) => fonts.find((font) => font.map.has(codePoint))?.family
  const drawn = (character: string, family: string, width: number, height: number) => {
    const context = createCanvas(Math.max(width, 1), Math.max(height, 1)).getContext('2d')
    drawInCell(context, character, family, width, height)
    return dotsOf(context, width, height)
  }
  return {
    hasGlyph: (codePoint) => familyOf(codePoint) !== undefined,
    missing: (text) => [...new Set(text)].filter((one) => familyOf(codePointOf(one)) === undefined),
    glyph(character, width, height) {
      const key = `${String(width)}x${String(height)} ${character}`
      const known = cells.get(key)
      if (known !== undefined) return known
      const family = familyOf(codePointOf(character))
      if (character === HORIZONTAL_RULE) return ruleCell(width, height)
      if (family === undefined) throw new Error(`no font holds U+${codePointOf(character).toString(16)}`)
      if (cells.size >= MAX_CACHED_CELLS) cells.clear()
      const cell = drawn(character, family, width, height)
      cells.set(key, cell)
      return cell
    },
  }
}

let families = 0

/** A receipt and an endorsement row use a few hundred different characters; the bound keeps a long day's memory flat. */
const MAX_CACHED_CELLS = 4000

/** Noto Sans SC: the em square lies 0.88 above and 0.12 below the baseline (`OS/2` sTypoAscender/Descender). */
const ASCENT = 0.88
/** Part of the cell height the em square takes: a Chinese character keeps a dot of air, a Latin one fits half a cell. */
const WIDE_EM = 0.96
const NARROW_EM = 0.86
/** Ink where the drawn grey is at least this dark; below one half keeps thin strokes of 24-dot characters whole. */
const INK_ALPHA = 105

function drawInCell(context: SKRSContext2D, character: string, family: string, width: number, height: number): void {
  const narrow = codePointOf(character) < 0x80
  const stretch = width / (narrow ? height / 2 : height)
  const em = height * (narrow ? NARROW_EM : WIDE_EM)
  const cell = width / stretch
  context.font = `${String(em)}px ${family}`
  context.fillStyle = '#000'
  const advance = context.measureText(character).width
  const squeeze = Math.min(1, (cell - 0.5) / advance)
  const left = (cell - advance * squeeze) / 2
  const baseline = (height - height * WIDE_EM) / 2 + ASCENT * height * WIDE_EM
  context.setTransform(stretch * squeeze, 0, 0, 1, left * stretch, Math.round(baseline))
  context.fillText(character, 0, 0)
}

/** Box-drawing horizontal: printers draw it edge to edge so that a row of them is one line; fonts leave air. */
const HORIZONTAL_RULE = '\u2500'

function ruleCell(width: number, height: number): Bitmap {
  const cell = new Bitmap(width, height)
  const thickness = Math.max(1, Math.round(height / 12))
  cell.fill(0, (height - thickness) >> 1, width, thickness)
  return cell
}

function dotsOf(context: SKRSContext2D, width: number, height: number): Bitmap {
  const out = new Bitmap(width, height)
  if (width === 0 || height === 0) return out
  const pixels = context.getImageData(0, 0, width, height).data
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if ((pixels[(y * width + x) * 4 + 3] ?? 0) >= INK_ALPHA) out.ink(x, y)
  }
  return out
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0
}
