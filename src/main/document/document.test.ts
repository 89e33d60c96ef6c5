import { beforeEach, describe, expect, test } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { exactA4 } from './a4.ts'
import { DocumentPress, type DocumentWindow } from './document-press.ts'
import { documentHeaders, serveDocument } from './served.ts'

const document = { id: 'D1', html: '<p>业户</p>', css: 'p{}' }
const pdf = new TextEncoder().encode('%PDF-1.4 /MediaBox [0 0 594.95996 841.91998] …')

const a4 = new TextEncoder().encode('%PDF-1.4 /MediaBox [0 0 595.27559 841.88976] …')

interface Made {
  finish: (pdf: Uint8Array<ArrayBuffer>) => void
  fail: (error: Error) => void
  crash: () => void
  destroyed: boolean
}

describe('the press behind the screens', () => {
  let clock: SimulatedClock
  let made: Made[]
  let press: DocumentPress
  const last = (): Made => made.at(-1) ?? expect.unreachable('no window was opened')

  const open = (): DocumentWindow => {
    const one: Made = { finish: () => undefined, fail: () => undefined, crash: () => undefined, destroyed: false }
    made.push(one)
    return {
      toPdf: () =>
        new Promise((resolve, reject) => {
          one.finish = resolve
          one.fail = reject
        }),
      onCrash: (listener) => {
        one.crash = () => {
          listener('oom')
        }
      },
      destroy: () => {
        one.destroyed = true
        return Promise.resolve()
      },
    }
  }

  beforeEach(() => {
    clock = new SimulatedClock(0)
    made = []
    press = new DocumentPress({ clock, log: silentLog, open })
  })

  test('a document becomes a PDF, and its window is gone afterwards', async () => {
    const rendering = press.render(document)
    await clock.advance(0)
    last().finish(pdf)
    expect(await rendering).toEqual({ ok: true, pdf: a4 })
    expect(last().destroyed).toBe(true)
  })

  test.each<[string, (window: Made) => void, string]>([
    [
      'a window whose process dies',
      (window) => {
        window.crash()
      },
      'CRASHED',
    ],
    [
      'a window that cannot print',
      (window) => {
        window.fail(new Error('no'))
      },
      'FAILED',
    ],
    [
      'a window that answers with something else',
      (window) => {
        window.finish(new Uint8Array([1, 2, 3]))
      },
      'FAILED',
    ],
    [
      'a PDF beyond all measure',
      (window) => {
        window.finish(Buffer.concat([pdf, new Uint8Array(17 * 1024 * 1024)]))
      },
      'FAILED',
    ],
  ])('%s is told as %s and destroyed', async (_what, act, code) => {
    const rendering = press.render(document)
    await clock.advance(0)
    act(last())
    expect(await rendering).toEqual({ ok: false, code })
    expect(last().destroyed).toBe(true)
  })

  test('a window that hangs is ended after 15 s, and the next document is printed', async () => {
    const first = press.render(document)
    const second = press.render({ ...document, id: 'D2' })
    await clock.advance(14_999)
    expect(made).toHaveLength(1)
    await clock.advance(1)
    expect(await first).toEqual({ ok: false, code: 'TIMED_OUT' })
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, false])
    last().finish(pdf)
    expect(await second).toEqual({ ok: true, pdf: a4 })
  })

  test('the fifth document that waits is refused at once', async () => {
    for (let count = 0; count < 4; count++) void press.render(document)
    expect(await press.render(document)).toEqual({ ok: false, code: 'BUSY' })
  })

  test('a window that cannot even be opened is a failure, not an exception', async () => {
    const broken = new DocumentPress({
      clock,
      log: silentLog,
      open: () => {
        throw new Error('no display')
      },
    })
    expect(await broken.render(document)).toEqual({ ok: false, code: 'FAILED' })
  })
})

describe('the sheet', () => {
  const box = (text: string): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(`%PDF-1.4\n/MediaBox [0 0 ${text}]\nxref`)
  const boxOf = (text: string): string | null => {
    const pdf = exactA4(box(text))
    return pdf === null ? null : new TextDecoder().decode(pdf)
  }

  test.each([
    ['594.95996 841.91998', '595.27559 841.88976'],
    ['595 842', '595 842'],
    ['595. 841.9', ' 595 841.9'],
  ])('of %s becomes A4 without a byte more or less', (from, to) => {
    expect(boxOf(from)).toBe(new TextDecoder().decode(box(to)))
  })

  test.each(['612 792', '841.91998 594.95996', '594.95996 1000'])('of %s is refused', (size) => {
    expect(boxOf(size)).toBeNull()
  })

  test('that is not there is refused', () => {
    expect(exactA4(new TextEncoder().encode('%PDF-1.4'))).toBeNull()
  })
})

describe('what the hidden window can reach', () => {
  const ask = (url: string) => serveDocument(document, '/app/fonts', url)

  test('its page and its style sheet', () => {
    expect(ask('kiosk://document/document.html')).toMatchObject({ text: document.html })
    expect(ask('kiosk://document/document.css')).toMatchObject({ text: document.css, type: 'text/css; charset=utf-8' })
  })

  test('our fonts', () => {
    expect(ask('kiosk://document/fonts/fonts.css')).toMatchObject({ kind: 'font', path: '/app/fonts/fonts.css' })
    expect(ask('kiosk://document/fonts/a.woff2')).toMatchObject({ type: 'font/woff2' })
  })

  test.each([
    'kiosk://app/index.html',
    'kiosk://document/',
    'kiosk://document/other.html',
    'kiosk://document/fonts/../../etc/passwd',
    'kiosk://document/fonts/a.js',
    'https://example.com/document.html',
    'file:///etc/passwd',
  ])('not %s', (url) => {
    expect(ask(url)).toBeNull()
  })

  test('no script, picture or connection is allowed to it', () => {
    const policy = documentHeaders['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/script|unsafe|connect|img|\*/)
  })
})
