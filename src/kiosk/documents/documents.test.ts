import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { notPassedSample, readinessSample } from '../../../tests/support/document-samples.ts'
import { StoreFixture } from '../../../tests/support/store.ts'
import type { PrintFailure, PrintProof } from '../../drivers/document-printer/print.ts'
import type { ToShell } from '../../ipc/messages.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { err, expectOk, ok, type Result } from '../../lib/result.ts'
import type { PrintJob } from '../../store/print-jobs.ts'
import type { Store } from '../../store/store.ts'
import { checkTemplates, composeDocument } from './compose.ts'
import { Documents } from './documents.ts'
import { fillMarkup, type DocumentData } from './fill.ts'
import { parseMarkup } from './markup.ts'
import { ShellRenderer } from './renderer.ts'

const fill = (source: string, data: DocumentData) => fillMarkup(expectOk(parseMarkup(source), 'the template'), data)

describe('document templates', () => {
  test('a value is text wherever it stands', () => {
    const value = `<b onclick="x">'&\``
    expect(fill('<p title="{{a}}">{{ a }}</p>', { a: value })).toEqual({
      ok: true,
      value: `<p title="${escaped(value)}">${escaped(value)}</p>`,
    })
  })

  test('no value whatever becomes markup', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (value) => {
        const html = expectOk(fill('{{a}}', { a: value }), 'the value')
        expect(html.replace(/&#\d+;/g, '')).not.toMatch(/[<>&"'`]/)
      }),
    )
  })

  test('a value that looks like a hole stays what it is', () => {
    expect(fill('{{a}}', { a: '{{b}}', b: 'secret' })).toEqual({ ok: true, value: '{{b}}' })
  })

  test('rows see their own values first, and then those of the document', () => {
    const data = { mark: '-', rows: [{ n: '1' }, { n: '2', mark: '+' }] }
    expect(fill('{{#each rows}}{{n}}{{mark}}{{#if n}}!{{/if}} {{/each}}', data)).toEqual({
      ok: true,
      value: '1-! 2+! ',
    })
  })

  test('what is empty is left out with all that is in it', () => {
    expect(fill('a{{#if x}}{{unknown}}{{/if}}{{#each rows}}{{n}}{{/each}}', { x: '', rows: [] })).toEqual({
      ok: true,
      value: 'a',
    })
  })

  test.each([
    ['an unknown hole', '{{nothing}}', 'nothing'],
    ['a condition on nothing', '{{#if nothing}}{{/if}}', 'nothing'],
    ['a list where a text is', '{{rows}}', 'rows'],
    ['a text where a list is', '{{#each a}}{{/each}}', 'a'],
    ['a symbol of nothing', '{{qr empty}}', 'empty'],
    ['something every object has', '{{constructor}}', 'constructor'],
  ])('%s is not printed', (_what, source, name) => {
    expect(fill(source, { a: 'x', empty: '', rows: [{}] })).toEqual({
      ok: false,
      error: { code: 'HOLE_UNFILLED', names: [name] },
    })
  })

  test.each([
    '<script>1</script>',
    '<p onclick="x">',
    '<p style="x">',
    '<img src="x">',
    '<a href="javascript:1">',
    '<meta http-equiv="refresh">',
    '{{#if a}}',
    '{{/if}}',
    '{{#each a}}{{/if}}',
    '{{a.b}}',
    '{{a',
    'a}}',
  ])('%s is no template', (source) => {
    expect(parseMarkup(source)).toMatchObject({ ok: false, error: { code: 'BAD_TEMPLATE' } })
  })

  test('those that are shipped are sound', async () => {
    expect(await checkTemplates()).toEqual({ ok: true, value: undefined })
  })
})

describe('documents composed', () => {
  test('every value of a list and its words are on the page', async () => {
    const { html, css } = expectOk(await composeDocument('p03-review-not-passed', notPassedSample), 'the document')
    for (const { name, remedy } of notPassedSample.items) {
      expect(html).toContain(name)
      expect(html).toContain(remedy)
    }
    expect(html).toContain('样张')
    expect(html).toContain('<svg class="qr"')
    expect(css).toContain('size: 210mm 297mm')
  })

  test('a real document carries no 样张 mark', async () => {
    const { html } = expectOk(await composeDocument('readiness-report', readinessSample), 'the document')
    expect(html).not.toContain('class="specimen"')
  })

  test('without an address there is no empty symbol', async () => {
    const { html } = expectOk(
      await composeDocument('p03-review-not-passed', { ...notPassedSample, queryUrl: '' }),
      'the document',
    )
    expect(html).not.toContain('<svg')
  })

  test('a character that no font of ours holds is refused, never printed as a box', async () => {
    const stationName = `站${String.fromCodePoint(0x2f_800 + 0x1000)}`
    expect(await composeDocument('readiness-report', { ...readinessSample, stationName })).toMatchObject({
      ok: false,
      error: { code: 'GLYPH_MISSING' },
    })
  })

  test('a rare character that the font holds is printed (䶮)', async () => {
    expect((await composeDocument('readiness-report', { ...readinessSample, staff: '䶮' })).ok).toBe(true)
  })

  test('data outside the schema is our own bug', async () => {
    await expect(composeDocument('readiness-report', { ...readinessSample, items: [] })).rejects.toThrow()
  })
})

describe('the answer of the shell', () => {
  const rendererWith = () => {
    const clock = new SimulatedClock(0)
    const posted: Extract<ToShell, { type: 'render-document' }>[] = []
    const renderer = new ShellRenderer((message) => {
      if (message.type === 'render-document') posted.push(message)
    }, clock)
    return { clock, posted, renderer }
  }
  const page = { html: '<p>', css: '' }

  test('finds the one who asked, in whatever order it comes', async () => {
    const { posted, renderer } = rendererWith()
    const both = [renderer.render(page), renderer.render(page)]
    const [first, second] = posted.map(({ document }) => document.id)
    renderer.receive(second ?? '', { ok: false, code: 'CRASHED' })
    renderer.receive(first ?? '', { ok: true, pdf: new Uint8Array([1]) })
    expect(await Promise.all(both)).toEqual([ok(new Uint8Array([1])), err({ code: 'NOT_RENDERED', why: 'CRASHED' })])
  })

  test('that never comes is not waited for for ever, and one that comes late harms nothing', async () => {
    const { clock, posted, renderer } = rendererWith()
    const rendering = renderer.render(page)
    await clock.advance(65_000)
    expect(await rendering).toEqual(err({ code: 'NOT_RENDERED', why: 'NO_ANSWER' }))
    renderer.receive(posted[0]?.document.id ?? '', { ok: false, code: 'FAILED' })
    renderer.receive('unknown', { ok: false, code: 'FAILED' })
  })
})

describe('a document printed', () => {
  const pdf = new TextEncoder().encode('%PDF-1.4 …')
  const proof: PrintProof = { provedBy: 'PRINTER', sheets: 1, tookMs: 900 }

  function kioskWith(outcome: Result<PrintProof, PrintFailure>) {
    const fixture = new StoreFixture()
    onTestFinished(() => fixture.dispose())
    const store = fixture.open()
    const seen: { state: string; jobId: string }[] = []
    const printer = {
      print: (_pdf: Uint8Array, jobId: string) => {
        seen.push({ state: jobOf(store, jobId)?.state ?? 'NOT STORED', jobId })
        return Promise.resolve(outcome)
      },
    }
    const documents = new Documents(printer, { render: () => Promise.resolve(ok(pdf)) }, store)
    return { documents, store, seen }
  }

  test.each<[string, Result<PrintProof, PrintFailure>, string, string | null]>([
    ['printed', ok(proof), 'CONFIRMED', null],
    ['not printed', err({ code: 'REFUTED', state: 'PAPER_OUT' }), 'REFUTED', 'PAPER_OUT'],
    ['unknown', err({ code: 'UNKNOWN', why: 'TOO_SLOW', state: 'READY' }), 'UNKNOWN', 'TOO_SLOW READY'],
  ])('is stored before its first byte, and as %s after its last', async (_what, outcome, state, reason) => {
    const { documents, store, seen } = kioskWith(outcome)
    expect(await documents.print('readiness-report', readinessSample)).toEqual(outcome)
    const [job] = seen
    expect(job?.state).toBe('PRINTING')
    expect(jobOf(store, job?.jobId ?? '')).toMatchObject({
      state,
      reason,
      role: 'document-printer',
      document: 'readiness-report',
      endorsementKey: null,
      sha256: createHash('sha256').update(pdf).digest('hex'),
    })
  })

  test('that could not be drawn leaves no job behind', async () => {
    const { store } = kioskWith(ok(proof))
    const printer = { print: () => expect.unreachable('nothing to print') }
    const documents = new Documents(
      printer,
      { render: () => Promise.resolve(err({ code: 'NOT_RENDERED', why: 'BUSY' })) },
      store,
    )
    expect(await documents.print('readiness-report', readinessSample)).toEqual(
      err({ code: 'NOT_RENDERED', why: 'BUSY' }),
    )
    expect(store.read((view) => view.printJobs.unsettled())).toEqual(ok([]))
  })

  test('at a kiosk without an A4 printer is refused before anything is drawn', async () => {
    const { store } = kioskWith(ok(proof))
    const documents = new Documents(null, { render: () => expect.unreachable('nothing to draw') }, store)
    expect(documents.available).toBe(false)
    expect(await documents.print('readiness-report', readinessSample)).toEqual(err({ code: 'NO_PRINTER' }))
  })
})

function jobOf(store: Store, jobId: string): PrintJob | undefined {
  return expectOk(
    store.read((view) => view.printJobs.find(jobId)),
    'the store',
  )
}

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`)
}
