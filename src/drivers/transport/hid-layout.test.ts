import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { framingOfLayout, hidLayout, parseHidLayout, type HidLayout } from './hid-layout.ts'

const heard = (layout: HidLayout, reports: readonly Uint8Array[]): number[] => {
  const decoder = framingOfLayout(layout).decoder()
  return reports.flatMap((report) => {
    const meaning = decoder.take(layout.reportId === 0 ? report.subarray(1) : report, 0)
    return meaning.kind === 'bytes' ? [...meaning.bytes] : []
  })
}

describe('HID reports described as data', () => {
  it('with a report id and a length put both where they belong', () => {
    const framing = framingOfLayout({ reportId: 2, reportBytes: 8, lengthAt: 1, dataAt: 2 })
    const reports = framing.encode?.(Uint8Array.of(1, 2, 3, 4, 5, 6, 7))
    expect(reports).toEqual([Uint8Array.of(2, 0, 6, 1, 2, 3, 4, 5, 6), Uint8Array.of(2, 0, 1, 7, 0, 0, 0, 0, 0)])
    expect(framing.decoder().take(Uint8Array.of(3, 0, 1, 9, 0, 0, 0, 0, 0), 0)).toEqual({ kind: 'nothing' })
  })

  it('without a length carry full reports', () => {
    const layout = { reportId: 5, reportBytes: 4, dataAt: 0 }
    expect(heard(layout, framingOfLayout(layout).encode?.(Uint8Array.of(1, 2, 3, 4, 5)) ?? [])).toEqual([
      1, 2, 3, 4, 5, 0, 0, 0,
    ])
  })

  it('acknowledge each report only where the layout says so', () => {
    const layout = { reportId: 0, reportBytes: 4, lengthAt: 0, dataAt: 1 }
    const report = Uint8Array.of(2, 8, 9, 0)
    expect(framingOfLayout(layout).paced).toBe(false)
    expect(framingOfLayout(layout).decoder().take(report, 0)).toEqual({ kind: 'bytes', bytes: Uint8Array.of(8, 9) })
    const paced = framingOfLayout({ ...layout, sendNext: 0xff })
    expect(paced.paced).toBe(true)
    expect(paced.decoder().take(report, 0)).toMatchObject({ acknowledgement: Uint8Array.of(0, 0xff, 0, 0, 0) })
    expect(paced.decoder().take(Uint8Array.of(0xff, 0, 0, 0), 0)).toEqual({ kind: 'send-next' })
  })

  const layouts = fc
    .record({
      reportId: fc.nat(255),
      reportBytes: fc.integer({ min: 2, max: 100 }),
      lengthAt: fc.option(fc.nat(3), { nil: undefined }),
      dataAt: fc.nat(5),
      sendNext: fc.option(fc.integer({ min: 1, max: 255 }), { nil: undefined }),
    })
    .filter((layout) => hidLayout.safeParse(layout).success)

  it('give back whatever they carried, for every layout that passes', () => {
    fc.assert(
      fc.property(layouts, fc.uint8Array({ minLength: 1, maxLength: 500 }), (layout, bytes) => {
        const given = heard(layout, framingOfLayout(layout).encode?.(bytes) ?? [])
        expect(given.slice(0, bytes.length)).toEqual([...bytes])
        if (layout.lengthAt !== undefined) expect(given).toHaveLength(bytes.length)
      }),
    )
  })

  it('never throw at reports of any length and content', () => {
    fc.assert(
      fc.property(layouts, fc.uint8Array({ maxLength: 130 }), (layout, report) => {
        framingOfLayout(layout).decoder().take(report, 0)
      }),
    )
  })

  it.each([
    [{ reportId: 0, reportBytes: 64, lengthAt: 2, dataAt: 1 }, 'lengthAt must lie before dataAt'],
    [{ reportId: 0, reportBytes: 4, dataAt: 4 }, 'dataAt must lie inside'],
    [{ reportId: 0, reportBytes: 64, dataAt: 1, sendNext: 255 }, 'needs lengthAt'],
    [{ reportId: 0, reportBytes: 64, lengthAt: 0, dataAt: 1, sendNext: 63 }, 'taken for a length'],
    [{ reportId: 0, reportBytes: 512, lengthAt: 0, dataAt: 1 }, 'at most 255'],
  ])('%j are refused: %s', (layout, reason) => {
    const checked = hidLayout.safeParse(layout)
    expect(checked.success).toBe(false)
    expect(JSON.stringify(checked.error?.issues)).toContain(reason)
  })

  it('written badly in an address are refused with the item', () => {
    expect(parseHidLayout('bytes:x')).toMatchObject({ ok: false, error: expect.stringContaining('bytes:x') as string })
  })
})
