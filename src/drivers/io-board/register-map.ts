import { z } from 'zod'
import type { ModbusRequest } from './codec/modbus.ts'

const word = z.int().min(0).max(0xffff)
const channels = z.int().min(1).max(32)

/**
 * How one family of boards is wired inside: which function at which address switches which channel. Files under
 * `assets/io-boards/`; `$grade` and `$source` say how sure they are. Addresses are those on the wire (from 0).
 */
export const RegisterMap = z.strictObject({
  $schema: z.string().optional(),
  $grade: z
    .enum(['A', 'B', 'C'])
    .describe('A: several sources; B: one source; C: inferred. None was tried on hardware.'),
  $source: z.string().min(1),
  $note: z.string().optional(),
  name: z.string().min(1).max(80),
  address: z.int().min(1).max(255).describe('Factory setting.'),
  baud: z.int().min(1200).max(115_200),
  outputs: z.strictObject({
    count: channels,
    write: z.enum(['coil', 'register']),
    from: word.describe('Address of channel 1.'),
    on: word,
    off: word,
    pulse: z
      .discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('timed'),
          write: z.enum(['coil', 'register']),
          from: word,
          unitMs: z.int().min(1).max(1000).describe('The value written counts these.'),
          maxUnits: word,
        }),
        z.strictObject({
          kind: z.literal('fixed'),
          write: z.enum(['coil', 'register']),
          from: word,
          value: word,
          ms: z.int().min(1).max(60_000),
        }),
      ])
      .optional()
      .describe('How the board switches a channel on and by itself off again.'),
  }),
  inputs: z
    .strictObject({ count: channels, read: z.enum(['discrete', 'coils', 'inputRegisters']), from: word })
    .optional(),
})
export type RegisterMap = z.output<typeof RegisterMap>

/** @param channel from 1 */
export function switchRequest({ outputs }: RegisterMap, channel: number, on: boolean): ModbusRequest {
  return { kind: 'write', what: outputs.write, at: outputs.from + channel - 1, value: on ? outputs.on : outputs.off }
}

/** The request that switches `channel` on for about `ms`, and how long it really will be; none: the board cannot. */
export function pulseRequest(
  { outputs: { pulse } }: RegisterMap,
  channel: number,
  ms: number,
): { readonly request: ModbusRequest; readonly ms: number } | undefined {
  if (!pulse) return undefined
  const at = pulse.from + channel - 1
  if (pulse.kind === 'fixed')
    return { request: { kind: 'write', what: pulse.write, at, value: pulse.value }, ms: pulse.ms }
  const units = Math.min(pulse.maxUnits, Math.max(1, Math.round(ms / pulse.unitMs)))
  return { request: { kind: 'write', what: pulse.write, at, value: units }, ms: units * pulse.unitMs }
}

/** The request whose answer holds all inputs, channel 1 first; none: the board has no inputs. */
export function inputsRequest({ inputs }: RegisterMap): ModbusRequest | undefined {
  return inputs && { kind: 'read', what: inputs.read, from: inputs.from, count: inputs.count }
}
