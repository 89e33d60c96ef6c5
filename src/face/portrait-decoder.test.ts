import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { PORTRAIT_BYTES, PortraitDecoder } from './portrait-decoder.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'decoder-'))
})
afterAll(() => rm(folder, { recursive: true }))

const RECORD = Uint8Array.from({ length: PORTRAIT_BYTES }, (_, index) => index % 251)

/** Reads one frame, then runs `answer` with the record as `record` and `reply(bytes)` at hand. */
async function decoderThat(answer: string, deadlineMs = 10_000): Promise<PortraitDecoder> {
  const script = path.join(folder, `${Math.random().toString(36).slice(2)}.mjs`)
  await writeFile(
    script,
    `let input = Buffer.alloc(0)
     const reply = (bytes) => { const length = Buffer.alloc(4); length.writeUInt32BE(bytes.length); process.stdout.write(length); process.stdout.write(bytes) }
     process.stdin.on('data', (chunk) => {
       input = Buffer.concat([input, chunk])
       if (input.length < 4 || input.length < 4 + input.readUInt32BE(0)) return
       const record = input.subarray(4)
       ${answer}
     })`,
  )
  return new PortraitDecoder({ command: process.execPath, args: [script], deadlineMs }, systemClock)
}

describe('the portrait decoder of a site', () => {
  it('is not there by default', async () => {
    expect(await new PortraitDecoder(undefined, systemClock).decode(RECORD)).toEqual({
      ok: false,
      error: { code: 'NOT_CONFIGURED' },
    })
  })

  it('gets the 1024 bytes of the card and gives the bytes of a picture, one portrait after the other', async () => {
    const decoder = await decoderThat(`reply(Buffer.concat([Buffer.from('BM'), record.subarray(0, 3)]))`)
    const expected = { ok: true, value: Uint8Array.of(0x42, 0x4d, 0, 1, 2) }
    expect(await Promise.all([decoder.decode(RECORD), decoder.decode(RECORD)])).toEqual([expected, expected])
  })

  it('may answer in pieces', async () => {
    const decoder = await decoderThat(
      `process.stdout.write(Buffer.from([0, 0])); setTimeout(() => process.stdout.write(Buffer.from([0, 2, 7])), 20); setTimeout(() => process.stdout.write(Buffer.from([8])), 40)`,
    )
    expect(await decoder.decode(RECORD)).toEqual({ ok: true, value: Uint8Array.of(7, 8) })
  })

  it('says so when a portrait is damaged', async () => {
    const decoder = await decoderThat(`reply(Buffer.alloc(0))`)
    expect(await decoder.decode(RECORD)).toEqual({ ok: false, error: { code: 'UNDECODABLE' } })
  })

  it('is not asked about a record of another length than the card standard gives', async () => {
    const decoder = await decoderThat(`process.exit(9)`)
    expect(await decoder.decode(new Uint8Array(0))).toEqual({ ok: false, error: { code: 'UNDECODABLE' } })
  })

  it('is ended when it does not answer in time', async () => {
    const decoder = await decoderThat(`/* silence */`, 300)
    expect(await decoder.decode(RECORD)).toEqual({ ok: false, error: { code: 'DECODER_SILENT', afterMs: 300 } })
  })

  it('is not believed when it announces more than a portrait can have', async () => {
    const decoder = await decoderThat(`process.stdout.write(Buffer.from([0x7f, 0, 0, 0]))`)
    expect(await decoder.decode(RECORD)).toMatchObject({ ok: false, error: { code: 'DECODER_MISBEHAVED' } })
  })

  it('is not believed when it sends more than it announced', async () => {
    const decoder = await decoderThat(`process.stdout.write(Buffer.from([0, 0, 0, 1, 7, 8]))`)
    expect(await decoder.decode(RECORD)).toMatchObject({ ok: false, error: { code: 'DECODER_MISBEHAVED' } })
  })

  it('that dies is reported with its exit code', async () => {
    const decoder = await decoderThat(`process.exit(9)`)
    expect(await decoder.decode(RECORD)).toEqual({ ok: false, error: { code: 'DECODER_GONE', detail: 'ended with 9' } })
  })

  it('that cannot be started is reported, not thrown', async () => {
    const decoder = new PortraitDecoder(
      { command: path.join(folder, 'nothing'), args: [], deadlineMs: 1_000 },
      systemClock,
    )
    expect(await decoder.decode(RECORD)).toMatchObject({ ok: false, error: { code: 'DECODER_GONE' } })
  })
})
