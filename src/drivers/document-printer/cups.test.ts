import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { cupsdMissing, DOCUMENT, startCupsd, type PrivateCupsd } from '../../../tests/support/cupsd.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { IppClient } from '../ipp/client.ts'
import { DocumentPrinter } from './device.ts'
import { testPagePdf } from './test-page.ts'

const pdf = testPagePdf('cupsd')
const times = { pollMs: 40, jobMs: 8_000, faultMs: 800, settleMs: 100 }
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

if (cupsdMissing !== null) process.stderr.write(`cups.test.ts: ${cupsdMissing}; the real print server is not tested\n`)

/** Backends as CUPS calls them: what a driver, a cable and a tray would say. */
const says = (words: string, then: string): string => `#!/bin/sh\n${words}\n${then}\n`
const STATE = (...reasons: string[]): string => `echo "STATE: ${reasons.join(',')}" >&2`

describe.skipIf(cupsdMissing !== null)('through a real print server', () => {
  let cups: PrivateCupsd
  let folder: string
  const at = (queue: string, jobMs = times.jobMs): DocumentPrinter =>
    new DocumentPrinter({
      server: { kind: 'tcp', host: cups.host, port: cups.port },
      queue,
      clock: systemClock,
      log: silentLog,
      times: { ...times, jobMs },
    })
  const client = (): IppClient =>
    new IppClient({ server: { kind: 'socket', path: cups.socketPath }, clock: systemClock, userName: 'test' })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kiosk-paper-'))
    cups = await startCupsd()
  })
  afterAll(async () => {
    await cups.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('a server without queues says so, and then names those it has, over its socket', async () => {
    expect(await client().queues()).toEqual({ ok: true, value: [] })
    await cups.addFileQueue('a4', join(folder, 'a4.pdf'))
    expect(await client().queues()).toEqual({ ok: true, value: ['a4'] })
  })

  test('the PDF comes out of the queue byte for byte, and nothing of it stays in the spool', async () => {
    expect((await at('a4').status()).state).toBe('READY')
    expect(await at('a4').print(pdf, 'J1')).toMatchObject({ ok: true, value: { provedBy: 'SPOOLER' } })
    expect(sha256(await readFile(join(folder, 'a4.pdf')))).toBe(sha256(pdf))
    expect(await cups.spooledDocuments()).toEqual([])
    expect(await client().unfinishedJobs('a4')).toEqual({ ok: true, value: [] })
    expect((await client().job('a4', 1, ['job-name'])).ok).toBe(false)
  })

  test.each([
    ['paper-out', ['+media-empty-error'], 'PAPER_OUT'],
    ['jam', ['+media-jam-error'], 'PAPER_JAM'],
    ['cover', ['+cover-open-error'], 'COVER_OPEN'],
    ['toner', ['+toner-empty-error'], 'TONER_OUT'],
    ['exit', ['+output-area-full-error'], 'EXIT_BLOCKED'],
    ['tray', ['+media-needed-error'], 'WRONG_TRAY'],
  ])(
    'a backend that meets trouble (%s) ends as unknown, and the next document is not sent at all',
    async (queue, reasons, state) => {
      // The mechanism waits for a person; CUPS ends it with SIGTERM when the job is cancelled.
      await cups.addScriptQueue(queue, says(STATE(...reasons), 'exec sleep 30'))
      const first = await at(queue).print(pdf, 'J1')
      expect(first).toEqual({ ok: false, error: { code: 'UNKNOWN', why: 'STOPPED_HALFWAY', state } })
      expect(await cups.spooledDocuments()).toEqual([])
      expect(await at(queue).print(pdf, 'J2')).toEqual({ ok: false, error: { code: 'REFUTED', state } })
    },
  )

  test('toner levels that a driver reports reach the consumables', async () => {
    const level = 'echo "ATTR: marker-names=Black marker-types=toner marker-colors=#000000 marker-levels=8" >&2'
    await cups.addScriptQueue('levels', says(level, `${DOCUMENT} > /dev/null`))
    const printer = at('levels')
    expect(await printer.print(pdf, 'J1')).toMatchObject({ ok: true })
    expect(await printer.status()).toMatchObject({
      state: 'TONER_LOW',
      supplies: [{ name: 'Black', isToner: true, left: 0.08 }],
    })
  })

  test('a backend that fails is tried again by the queue and taken back by us', async () => {
    await cups.addScriptQueue('broken', says('echo "ERROR: no device" >&2', 'exit 1'))
    const printed = await at('broken', 1_500).print(pdf, 'J1')
    expect(printed).toMatchObject({ ok: false, error: { code: 'UNKNOWN' } })
    expect(await cups.spooledDocuments()).toEqual([])
  })

  test('a queue that is disabled or takes no jobs gets none', async () => {
    await cups.addFileQueue('off', join(folder, 'off.pdf'))
    await cups.set('off', 'disable')
    expect(await at('off').print(pdf, 'J1')).toEqual({ ok: false, error: { code: 'REFUTED', state: 'PAUSED' } })
    await cups.set('off', 'enable')
    await cups.set('off', 'reject')
    expect(await at('off').print(pdf, 'J1')).toEqual({ ok: false, error: { code: 'REFUTED', state: 'PAUSED' } })
    await cups.set('off', 'accept')
    expect(await at('off').print(pdf, 'J1')).toMatchObject({ ok: true })
  })

  test('jobs left by an earlier run never reach the paper', async () => {
    await cups.addFileQueue('later', join(folder, 'later.pdf'))
    await cups.set('later', 'disable')
    const ours = new IppClient({
      server: { kind: 'tcp', host: cups.host, port: cups.port },
      clock: systemClock,
      userName: 'road-transport-kiosk',
    })
    const request = { jobName: 'old', document: pdf, documentFormat: 'application/pdf', copies: 1 }
    for (let count = 0; count < 2; count++)
      expect((await ours.print('later', { ...request, sheet: [21_000, 29_700] })).ok).toBe(true)
    expect(await at('later').discardLeftovers()).toEqual({ ok: true, value: 2 })
    await cups.set('later', 'enable')
    expect(await at('later').print(testPagePdf('next'), 'J2')).toMatchObject({ ok: true })
    expect(sha256(await readFile(join(folder, 'later.pdf')))).toBe(sha256(testPagePdf('next')))
    expect(await cups.spooledDocuments()).toEqual([])
  })

  test('a queue that is not there', async () => {
    expect((await at('nowhere').status()).state).toBe('NO_QUEUE')
  })

  test('a print service that dies in the middle leaves the job unknown, and is told apart afterwards', async () => {
    await cups.addScriptQueue('slow', says('', 'exec sleep 30'))
    const printing = at('slow').print(pdf, 'J1')
    await vi.waitFor(async () => {
      // The kiosk has its answer and asks after the job.
      expect(await cups.log()).toMatch(/Queued on "slow"[^]*Get-Job-Attributes/)
    })
    await cups.kill()
    expect(await printing).toEqual({ ok: false, error: { code: 'UNKNOWN', why: 'LOST_SIGHT', state: 'NO_SERVER' } })
    expect(await at('slow').report(AbortSignal.timeout(2_000))).toMatchObject({ state: 'NO_SERVER', answered: false })
  })
})
