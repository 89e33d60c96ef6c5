import { expect, test } from 'vitest'
import { printedLines } from './printed-lines.ts'

const field = (xMm: number, yMm: number, text: string): { xMm: number; yMm: number; sizeMm: number; text: string } => ({
  ...{ xMm, yMm, sizeMm: 3, text },
})

test('runs that the printer places one by one are read as one sentence', () => {
  const date = [
    field(20, 7, '审验日期：'),
    field(35, 7, '2026'),
    field(41, 7, '年'),
    field(44, 7, '11'),
    field(47, 7, '月'),
  ]
  expect(printedLines(date)).toEqual(['审验日期：2026年11月'])
})

test('two columns stay two entries, and a wrapped line goes on from the one above it', () => {
  const fields = [
    field(85, 11, '签注编号：1'),
    field(20, 11, '审验机关：云港'),
    field(20, 15, '市道路运输管理局'),
    field(20, 20, '签注终端：01'),
  ]
  expect(printedLines(fields)).toEqual(['审验机关：云港市道路运输管理局', '签注编号：1', '签注终端：01'])
})
