import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageBreaks } from './page-breaks.ts'

const column = fc.array(fc.integer({ min: 20, max: 300 }), { minLength: 1, maxLength: 40 }).map((heights) => {
  let top = 0
  return heights.map((height) => {
    const item = { top, bottom: top + height }
    top += height + 16
    return item
  })
})

test('no item of a list is cut by a page, none is lost and none is shown twice', () => {
  fc.assert(
    fc.property(column, fc.integer({ min: 100, max: 900 }), (items, room) => {
      const pages = pageBreaks(items, room)
      for (const { top, bottom } of items) {
        expect(pages.filter(({ from, to }) => top >= from && bottom <= to)).toHaveLength(1)
        expect(pages.filter(({ from, to }) => bottom > from && top < to)).toHaveLength(1)
      }
    }),
  )
})

test('a page is never higher than its room unless a single item is', () => {
  fc.assert(
    fc.property(column, fc.integer({ min: 100, max: 900 }), (items, room) => {
      for (const { from, to } of pageBreaks(items, room)) {
        const alone = items.some(({ top, bottom }) => top === from && bottom === to)
        expect(to - from <= room + 0.5 || alone).toBe(true)
      }
    }),
  )
})

test('an empty list is one empty page', () => {
  expect(pageBreaks([], 500)).toEqual([{ from: 0, to: 0 }])
})
