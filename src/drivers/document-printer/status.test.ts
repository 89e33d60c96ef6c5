import { describe, expect, test } from 'vitest'
import { MEANINGS } from './meanings.ts'
import { foldQueue, isFault, type QueueWords } from './status.ts'

const idle: QueueWords = { printerState: 3, reasons: ['none'], accepting: true, supplies: [] }
const toner = (left: number | null) => ({ supplies: [{ name: 'Black', isToner: true, left }] })

describe('what a queue says, in one word', () => {
  test.each<[string, Partial<QueueWords>, string]>([
    ['nothing', {}, 'READY'],
    ['media-empty-error', { reasons: ['media-empty-error'] }, 'PAPER_OUT'],
    ['media-empty, which is an error too', { reasons: ['media-empty'] }, 'PAPER_OUT'],
    ['media-empty-warning of one tray of two', { reasons: ['media-empty-warning'] }, 'PAPER_LOW'],
    ['media-low', { reasons: ['media-low-warning'] }, 'PAPER_LOW'],
    ['media-needed', { reasons: ['media-needed-error'] }, 'WRONG_TRAY'],
    ['media-needed because the tray is empty', { reasons: ['media-needed', 'media-empty'] }, 'PAPER_OUT'],
    ['media-jam', { reasons: ['media-jam-error'] }, 'PAPER_JAM'],
    ['a jam with the cover open', { reasons: ['media-jam-error', 'door-open-error'] }, 'COVER_OPEN'],
    ['toner-low', { reasons: ['toner-low-warning'] }, 'TONER_LOW'],
    ['toner-empty, even as a warning', { reasons: ['toner-empty-warning'] }, 'TONER_OUT'],
    ['output-area-full', { reasons: ['output-area-full-error'] }, 'EXIT_BLOCKED'],
    ['paused', { printerState: 5, reasons: ['paused'] }, 'PAUSED'],
    ['a queue that takes no jobs', { accepting: false }, 'PAUSED'],
    ['stopped without a reason', { printerState: 5 }, 'PAUSED'],
    ['stopped for something nobody here knows', { printerState: 5, reasons: ['fuser-over-temp-error'] }, 'FAULT'],
    ['offline-report', { reasons: ['offline-report'] }, 'OFFLINE'],
    ['a missing filter', { reasons: ['cups-missing-filter-warning'] }, 'DRIVER_MISSING'],
    ['11 % of toner', toner(0.11), 'READY'],
    ['10 % of toner', toner(0.1), 'TONER_LOW'],
    ['0 % of toner', toner(0), 'TONER_OUT'],
    ['toner of unknown level', toner(null), 'READY'],
    ['an empty waste box', { supplies: [{ name: 'Waste', isToner: false, left: 0 }] }, 'READY'],
    ['a jam before toner', { ...toner(0), reasons: ['media-jam-error'] }, 'PAPER_JAM'],
  ])('%s', (_what, words, state) => {
    expect(foldQueue({ ...idle, ...words })).toBe(state)
  })

  test('a state is a fault exactly when nothing may be printed in it', () => {
    for (const [state, { usable }] of Object.entries(MEANINGS))
      expect([state, isFault(state as keyof typeof MEANINGS)]).toEqual([state, !usable])
  })
})
