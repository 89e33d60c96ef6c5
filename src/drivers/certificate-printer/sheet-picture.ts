import type { SKRSContext2D } from '@napi-rs/canvas'
import { shippedFont } from '../raster/lettering.ts'
import type { RowTemplate } from './row-template.ts'
import type { SimulatedSheet } from './simulated-sheet.ts'

/** Pixels per millimetre: 254 dpi, so that the dots of a 24-pin head (0.14 mm apart) can be told apart. */
const SCALE = 10
const DOT_MM = 25.4 / 180
/** A needle makes a dot wider than the distance to the next. */
const DOT_RADIUS_MM = 0.095

/** A photograph of a page: paper, the pre-printed form of the record page, and every inked dot where it fell. */
export async function drawSheet(sheet: SimulatedSheet, template: RowTemplate): Promise<Uint8Array> {
  const { createCanvas, GlobalFonts } = await import('@napi-rs/canvas')
  GlobalFonts.registerFromPath(shippedFont(), FORM_FONT)
  const canvas = createCanvas(Math.round(sheet.widthMm * SCALE), Math.round(sheet.heightMm * SCALE))
  const context = canvas.getContext('2d')
  context.scale(SCALE, SCALE)
  context.fillStyle = '#fcfbf5'
  context.fillRect(0, 0, sheet.widthMm, sheet.heightMm)
  drawForm(context, template)
  drawInk(context, sheet)
  return canvas.toBuffer('image/png')
}

const FORM_FONT = 'kiosk-form'
const FORM_LINE = '#9db8a8'
const FORM_TEXT = '#7f9d8c'

/** The form as the printing house made it: title, frame, numbered rows. Lines and words light, as security paper has. */
function drawForm(context: SKRSContext2D, template: RowTemplate): void {
  const { page, rows } = template
  const left = 8
  const right = page.widthMm - 5
  const numbers = left + 10
  context.strokeStyle = FORM_LINE
  context.fillStyle = FORM_TEXT
  context.lineWidth = 0.25
  context.textAlign = 'center'
  context.font = `7px ${FORM_FONT}`
  context.fillText(Array.from(page.title).join(' '), page.widthMm / 2, rows.firstYMm - 9)
  context.font = `3.2px ${FORM_FONT}`
  context.fillText('（由审验机关签注，涂改无效）', page.widthMm / 2, rows.firstYMm - 3.5)
  for (let row = 0; row < rows.count; row++) {
    const top = rows.firstYMm + row * rows.pitchMm
    context.strokeRect(left, top, right - left, rows.pitchMm)
    context.fillText(String(row + 1), left + 5, top + rows.pitchMm / 2 + 1.2)
  }
  const bottom = rows.firstYMm + rows.count * rows.pitchMm
  context.beginPath()
  context.moveTo(numbers, rows.firstYMm)
  context.lineTo(numbers, bottom)
  context.stroke()
}

/** Dot by dot: one path of thousands of circles takes the rasteriser half a minute. */
function drawInk(context: SKRSContext2D, sheet: SimulatedSheet): void {
  context.fillStyle = '#1b2333'
  for (const ink of sheet.inks) {
    if (ink.dots === undefined) continue
    for (let y = 0; y < ink.dots.height; y++) {
      for (let x = 0; x < ink.dots.width; x++) {
        if (!ink.dots.dot(x, y)) continue
        context.beginPath()
        context.arc(ink.xMm + (x + 0.5) * DOT_MM, ink.yMm + (y + 0.5) * DOT_MM, DOT_RADIUS_MM, 0, Math.PI * 2)
        context.fill()
      }
    }
  }
}
