import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assetPath } from '../../lib/assets.ts'
import { delay, systemClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { readJson } from '../asset/read-json.ts'
import { IcCardReader } from '../ic-card/device.ts'
import { ApduScript } from '../ic-card/script.ts'
import { encodeCardText } from '../id-card/codec/text.ts'
import { PcscIdCardReader } from '../id-card/pcsc-reader.ts'
import { SAMPLE_CARDS } from '../id-card/sample-cards.ts'
import { specimenCard, type SimulatedCard } from './simulated-card.ts'
import { simulatedIdCard } from './simulated-id-card.ts'
import { PCSCD_SOCKET, unixTransport } from './unix-transport.ts'

/** A real pcscd with the virtual reader of vsmartcard: the one judge of our message layouts. */
const PCSCD = '/usr/sbin/pcscd'
const VPCD_CONFIG = '/etc/reader.conf.d/vpcd'
const VPCD_PORT = 0x8c7b
const missing =
  !existsSync(PCSCD) || !existsSync(VPCD_CONFIG)
    ? 'pcscd or vsmartcard-vpcd is not installed'
    : process.getuid?.() !== 0 && !existsSync(PCSCD_SOCKET)
      ? 'pcscd does not run, and only root can start it'
      : undefined
if (missing !== undefined) console.warn(`skipped: the real pcscd (${missing})`)

const never = new AbortController().signal

/** Puts a card into the virtual reader: the card connects, the reader asks. Lengths are u16 big-endian. */
async function insert(card: SimulatedCard): Promise<net.Socket> {
  for (;;) {
    const socket = net.connect(VPCD_PORT, '127.0.0.1')
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    if (!connected) {
      await delay(systemClock, 50)
      continue
    }
    let pending = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes])
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const message = pending.subarray(2, 2 + pending.readUInt16BE(0))
        pending = pending.subarray(2 + message.length)
        const answer = message.length > 1 ? card.transmit(message) : message[0] === 4 ? card.atr : undefined
        if (answer) socket.write(Buffer.concat([Buffer.of(answer.length >> 8, answer.length & 0xff), answer]))
      }
    })
    return socket
  }
}

async function startPcscd(): Promise<ChildProcess> {
  const child = spawn(PCSCD, ['-f'], { stdio: 'ignore' })
  while (!existsSync(PCSCD_SOCKET) && child.exitCode === null) await delay(systemClock, 20)
  return child
}

async function stopPcscd(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

describe.skipIf(missing !== undefined)('through a real pcscd', () => {
  let started: ChildProcess | undefined
  let card: net.Socket | undefined
  const transport = unixTransport(PCSCD_SOCKET, systemClock)
  const reader = new IcCardReader({ transport, clock: systemClock, log: silentLog, reader: 'Virtual PCD' })

  beforeAll(async () => {
    if (!existsSync(PCSCD_SOCKET)) started = await startPcscd()
  }, 20_000)

  afterAll(async () => {
    await reader.close()
    card?.destroy()
    await stopPcscd(started)
  }, 20_000)

  it('the reader is there, empty', async () => {
    expect(await reader.status()).toEqual({ state: 'READY', cardPresent: false })
  })

  it('a card put in is read as the script says, and its going is seen', async () => {
    const script = expectOk(await readJson(assetPath('ic-cards', 'example-card-number.json'), ApduScript), 'a script')
    const read = reader.read(script, never, 15_000)
    card = await insert(specimenCard())
    expect(reveal(expectOk(await read, 'fields'))).toEqual({ answerToReset: '3B80800101', cardNumber: '9900015A' })
    card.destroy()
    expect(await reader.waitForRemoval(never, 10_000)).toEqual({ ok: true })
  }, 30_000)

  it('a file is read with GET RESPONSE and a corrected length', async () => {
    const script = ApduScript.parse({
      name: 'specimen',
      steps: [
        { id: 'select', apdu: '00A40000023F00' },
        { id: 'file', apdu: '00B0000000' },
      ],
      fields: [{ name: 'text', from: 'file', at: { offset: 0 }, encoding: 'utf-8' }],
    })
    card = await insert(specimenCard())
    expect(reveal(expectOk(await reader.read(script, never, 15_000), 'fields'))).toEqual({ text: 'SPECIMEN 样张' })
  }, 30_000)

  it('an identity card is read whole, once for each time it is put in, and another card is refused', async () => {
    const idReader = new PcscIdCardReader({
      transport: unixTransport(PCSCD_SOCKET, systemClock),
      clock: systemClock,
      log: silentLog,
      reader: 'Virtual PCD',
    })
    const portrait = Uint8Array.from({ length: 1024 }, (_, at) => at % 251)
    const idCard = simulatedIdCard(encodeCardText(SAMPLE_CARDS.resident), portrait)
    try {
      card?.destroy()
      expect(await idReader.waitForRemoval(never, 10_000)).toEqual({ ok: true })
      expect(await idReader.status(never, 5_000)).toEqual({ state: 'ready' })
      for (let time = 0; time < 2; time++) {
        const reading = idReader.waitForCard(never, 15_000)
        card = await insert(idCard)
        const read = expectOk(await reading, 'a card')
        expect(reveal(read.card)).toEqual(SAMPLE_CARDS.resident)
        expect(reveal(read.portrait)).toEqual(portrait)
        expect(await idReader.findCard()).toEqual({ ok: true, value: false })
        card.destroy()
        expect(await idReader.waitForRemoval(never, 10_000)).toEqual({ ok: true })
      }
      const refused = idReader.waitForCard(never, 15_000)
      card = await insert(specimenCard())
      expect(await refused).toMatchObject({ ok: false, error: { code: 'NOT_AN_ID_CARD' } })
      card.destroy()
      expect(await idReader.waitForRemoval(never, 10_000)).toEqual({ ok: true })
    } finally {
      await idReader.close()
    }
  }, 60_000)

  it('a card pulled in the middle is named', async () => {
    card = await insert(specimenCard())
    const torn = await reader.withCard(never, 10_000, async (channel) => {
      card?.destroy()
      for (;;) {
        const answer = await channel.transmit(Uint8Array.of(0x00, 0x84, 0, 0, 8))
        if (!answer.ok) return answer
      }
    })
    expect(torn).toMatchObject({ ok: false })
    expect(torn.ok || ['CARD_REMOVED', 'CARD_MUTE', 'FAILED', 'READER_GONE'].includes(torn.error.code)).toBe(true)
  }, 30_000)

  it('a pcscd that was restarted is found again', async (context) => {
    if (!started) return context.skip('pcscd is not ours to restart')
    await stopPcscd(started)
    expect(await reader.status()).toMatchObject({ state: 'UNPLUGGED' })
    started = await startPcscd()
    expect(await reader.status()).toMatchObject({ state: 'READY' })
  }, 30_000)
})
