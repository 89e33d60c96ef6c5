import { createSocket } from 'node:dgram'
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'

/** Seconds between the NTP era 0 (1900) and the Unix epoch. RFC 5905 section 6. */
const EPOCH_OFFSET_S = 2_208_988_800
const PORT = 123
const PACKET_BYTES = 48
const DEADLINE_MS = 2_000

/**
 * One answer of an NTP server. Add `offsetMs` to our clock to get the server's, give or take half of `roundTripMs`.
 * Formulas: RFC 4330 section 5.
 */
export interface NtpAnswer {
  readonly offsetMs: number
  readonly roundTripMs: number
  readonly stratum: number
}

export type NtpProblem =
  | { readonly code: 'NO_ANSWER' }
  | { readonly code: 'UNKNOWN_HOST' }
  /** Not an answer to our question, or a server that says itself that it does not know the time. */
  | { readonly code: 'NONSENSE'; readonly detail: string }

/** A client request (version 4, mode 3). `mark` goes into the transmit timestamp, and the server must give it back. */
export function encodeRequest(mark: Uint8Array): Uint8Array {
  const packet = new Uint8Array(PACKET_BYTES)
  packet[0] = (4 << 3) | 3
  packet.set(mark.subarray(0, 8), 40)
  return packet
}

/**
 * Reads a server's answer.
 * @param sentAt our clock when the question left, milliseconds since the epoch; `receivedAt` when the answer came
 */
export function decodeAnswer(
  packet: Uint8Array,
  mark: Uint8Array,
  sentAt: number,
  receivedAt: number,
): Result<NtpAnswer, NtpProblem> {
  const nonsense = (detail: string): Result<never, NtpProblem> => err({ code: 'NONSENSE', detail })
  if (packet.length < PACKET_BYTES) return nonsense('too short')
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
  const first = view.getUint8(0)
  const stratum = view.getUint8(1)
  if ((first & 7) !== 4) return nonsense('not a server')
  if (first >> 6 === 3) return nonsense('the server is not synchronized')
  if (stratum === 0 || stratum > 15) return nonsense(`stratum ${stratum}`)
  if (!mark.subarray(0, 8).every((byte, index) => packet[24 + index] === byte))
    return nonsense('answer to another question')
  const receivedByServer = timestamp(view, 32)
  const sentByServer = timestamp(view, 40)
  if (sentByServer === 0) return nonsense('no time')
  return ok({
    offsetMs: (receivedByServer - sentAt + (sentByServer - receivedAt)) / 2,
    roundTripMs: Math.max(0, receivedAt - sentAt - (sentByServer - receivedByServer)),
    stratum,
  })
}

/** 32.32 fixed point seconds since 1900 (2036 and later: since 2036, RFC 4330 section 3), as Unix milliseconds. */
function timestamp(view: DataView, at: number): number {
  const seconds = view.getUint32(at)
  const fraction = view.getUint32(at + 4)
  if (seconds === 0 && fraction === 0) return 0
  const era = seconds < 0x8000_0000 ? 0x1_0000_0000 : 0
  return (seconds + era - EPOCH_OFFSET_S) * 1000 + (fraction * 1000) / 0x1_0000_0000
}

/** Asks `server` (host, or host:port) once. Bounded to two seconds, never throws. */
export function askTime(server: string, clock: Clock): Promise<Result<NtpAnswer, NtpProblem>> {
  const [, host = server, port] = /^([^:]+):(\d+)$/.exec(server) ?? []
  const mark = randomBytes(8)
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    let sentAt = 0
    let started = 0
    const finish = (outcome: Result<NtpAnswer, NtpProblem>): void => {
      cancel()
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.close()
      resolve(outcome)
    }
    const cancel = clock.setTimer(DEADLINE_MS, () => finish(err({ code: 'NO_ANSWER' })))
    socket.on('error', () => finish(err({ code: 'UNKNOWN_HOST' })))
    // Time passed is measured by the monotonic clock: a wall clock set between the two would count twice.
    socket.on('message', (packet) => finish(decodeAnswer(packet, mark, sentAt, sentAt + (clock.monotonic() - started))))
    socket.connect(Number(port ?? PORT), host, () => {
      sentAt = clock.now()
      started = clock.monotonic()
      socket.send(encodeRequest(mark))
    })
  })
}
