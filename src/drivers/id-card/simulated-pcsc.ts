import { failed, type VerbAnswer, type VerbCall } from '../cli-verb.ts'
import { readJson } from '../asset/read-json.ts'
import { IcCardFaultScript } from '../pcsc/faults.ts'
import { hostOnUnixSocket } from '../pcsc/host.ts'
import { simulatedIdCard } from '../pcsc/simulated-id-card.ts'
import { PcscdSimulator } from '../pcsc/simulator.ts'
import type { IdCard } from './card.ts'
import { encodeCardText } from './codec/text.ts'

/** Bytes of a portrait; what is in them only a vendor's decoder would know. */
const PORTRAIT_BYTES = 1024

/**
 * Is a pcscd with an ID card reader at the Unix socket `--port` until the call is ended.
 * @param afterMs until the card is put on the reader
 */
export async function simulatePcscd(call: VerbCall, card: IdCard | undefined, afterMs: number): Promise<VerbAnswer> {
  if (call.flag('fault') !== undefined) return failed('USAGE', 'a simulated pcscd takes --faults script.json')
  const file = call.flag('faults')
  const script = file === undefined ? undefined : await readJson(file, IcCardFaultScript)
  if (script && !script.ok) return failed('USAGE', script.error.detail)
  const pcscd = new PcscdSimulator(call.clock, script?.value ?? {})
  if (card !== undefined) {
    const simulated = simulatedIdCard(encodeCardText(card), new Uint8Array(PORTRAIT_BYTES))
    call.clock.setTimer(afterMs, () => pcscd.insertCard(simulated))
  }
  const close = await hostOnUnixSocket(pcscd.serve, call.port)
  const answer: VerbAnswer = { ok: true, simulating: 'id-card', port: call.port, card: card?.kind ?? 'none' }
  call.answerNow(answer)
  await new Promise<void>((resolve) => {
    if (call.signal.aborted) resolve()
    call.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await close()
  return answer
}
