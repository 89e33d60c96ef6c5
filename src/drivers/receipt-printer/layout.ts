import type { QrLevel } from '../raster/qr.ts'
import { columnsOf, paperText } from '../typeset/columns.ts'
import type { Receipt, ReceiptBlock } from './receipt.ts'
import { wrapText } from '../typeset/wrap.ts'

/** One line of the paper, decided down to the column. The encoder and the preview draw from this and nothing else. */
export type Line = TextLine | QrLine | BlankLine

export interface TextLine {
  readonly kind: 'text'
  /** Left to right, not overlapping; `column + columnsOf(text) × widthScale` never exceeds the paper's columns. */
  readonly runs: readonly Run[]
  readonly widthScale: 1 | 2
  readonly heightScale: 1 | 2
  readonly bold: boolean
  readonly inverse: boolean
}

interface Run {
  /** Where the run begins, in columns of normal width from the left edge. */
  readonly column: number
  readonly text: string
}

export interface QrLine {
  readonly kind: 'qr'
  readonly data: Uint8Array
  readonly level: QrLevel
  readonly moduleDots: number
}

interface BlankLine {
  readonly kind: 'blank'
}

/** Lays a receipt out on paper of `columns` columns (at least 16). Pure; a blank line before the cut closes it. */
export function layoutReceipt(receipt: Receipt, columns: number): readonly Line[] {
  if (columns < 16) throw new Error('no receipt paper is narrower than 16 columns')
  return [...receipt.blocks.flatMap((block) => layoutBlock(block, columns)), { kind: 'blank' }]
}

type Block<T extends ReceiptBlock['type']> = Extract<ReceiptBlock, { type: T }>

function layoutBlock(block: ReceiptBlock, columns: number): readonly Line[] {
  switch (block.type) {
    case 'text':
      return layoutText(block, columns)
    case 'pair':
      return layoutPair(block, columns)
    case 'fields':
      return layoutFields(block, columns)
    case 'list':
      return layoutList(block, columns)
    case 'rule':
      return [plain([{ column: 0, text: block.style === 'dashed' ? '-'.repeat(columns) : '─'.repeat(columns >> 1) }])]
    case 'blank':
      return Array.from({ length: block.lines ?? 1 }, () => ({ kind: 'blank' }))
    case 'qr': {
      const data = new TextEncoder().encode(block.data)
      return [{ kind: 'qr', data, level: block.level ?? 'M', moduleDots: block.moduleDots ?? 6 }]
    }
  }
}

function layoutText(block: Block<'text'>, columns: number): readonly Line[] {
  const widthScale = block.size === 'large' ? 2 : 1
  const heightScale = block.size === 'large' || block.size === 'tall' ? 2 : 1
  const room = Math.floor(columns / widthScale)
  const align = block.align ?? 'left'
  return wrapText(paperText(block.text), room).map((text) => ({
    kind: 'text',
    runs:
      block.inverse === true
        ? [bar(text, align, room)]
        : [{ column: aligned(align, columnsOf(text) * widthScale, columns), text }],
    widthScale,
    heightScale,
    bold: block.bold ?? false,
    inverse: block.inverse ?? false,
  }))
}

/** White-on-black text fills its line from edge to edge. */
function bar(text: string, align: 'left' | 'center' | 'right', room: number): Run {
  const before = aligned(align, columnsOf(text), room)
  return { column: 0, text: ' '.repeat(before) + text + ' '.repeat(room - before - columnsOf(text)) }
}

/** Label at the left edge, value at the right; a value too long for that goes below, still at the right edge. */
function layoutPair(block: Block<'pair'>, columns: number): readonly Line[] {
  const label = paperText(block.label)
  const value = paperText(block.value)
  const style = { bold: block.bold ?? false, heightScale: block.size === 'tall' ? 2 : 1 } as const
  const fits = columnsOf(label) + MIN_GAP + columnsOf(value) <= columns
  const atRight = (text: string): Run => ({ column: columns - columnsOf(text), text })
  if (fits) return [plain([{ column: 0, text: label }, atRight(value)], style)]
  const labels = wrapText(label, columns).map((text) => plain([{ column: 0, text }], style))
  return [...labels, ...wrapText(value, columns).map((text) => plain([atRight(text)], style))]
}

const MIN_GAP = 2

function layoutFields(block: Block<'fields'>, columns: number): readonly Line[] {
  const fields = block.fields.map((field) => ({
    ...field,
    label: paperText(field.label),
    value: paperText(field.value),
  }))
  const widest = Math.max(2, ...fields.map((field) => columnsOf(field.label)))
  const valueColumn = Math.min(widest + 1, columns >> 1)
  return fields.flatMap((field) => {
    const labels = wrapText(field.label, valueColumn - 1)
    const values = wrapText(field.value, columns - valueColumn)
    return Array.from({ length: Math.max(labels.length, values.length) }, (_, row) =>
      plain(
        [
          { column: 0, text: labels[row] ?? '' },
          { column: valueColumn, text: values[row] ?? '' },
        ],
        { bold: field.bold ?? false },
      ),
    )
  })
}

function layoutList(block: Block<'list'>, columns: number): readonly Line[] {
  const indent = columnsOf(`${String(block.items.length)}. `)
  return block.items.flatMap((item, index) => {
    const titles = wrapText(paperText(item.title), columns - indent)
    const details = item.details.flatMap((detail) => wrapText(paperText(detail), columns - indent))
    const number: Run = { column: 0, text: `${String(index + 1)}.` }
    return [
      ...titles.map((text, row) => plain([...(row === 0 ? [number] : []), { column: indent, text }], { bold: true })),
      ...details.map((text) => plain([{ column: indent, text }])),
    ]
  })
}

function plain(runs: readonly Run[], style: { readonly bold?: boolean; readonly heightScale?: 1 | 2 } = {}): TextLine {
  return {
    kind: 'text',
    runs: runs.filter((run) => run.text !== ''),
    widthScale: 1,
    heightScale: style.heightScale ?? 1,
    bold: style.bold ?? false,
    inverse: false,
  }
}

function aligned(align: 'left' | 'center' | 'right', used: number, columns: number): number {
  const free = columns - used
  return align === 'left' ? 0 : align === 'right' ? free : free >> 1
}
