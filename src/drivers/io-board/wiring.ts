import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import type { RegisterMap } from './register-map.ts'

/** What may hang on the outputs of a kiosk's board. */
export const LAMPS = ['card-slot', 'certificate-slot', 'receipt-slot', 'camera-light'] as const
export type Lamp = (typeof LAMPS)[number]
export const LOCKS = ['door-lock'] as const
export type Lock = (typeof LOCKS)[number]
export type Output = Lamp | Lock

/** What may hang on its inputs. */
const INPUTS = ['cabinet-door', 'tamper', 'paper-in-tray'] as const
export type Input = (typeof INPUTS)[number]

const channel = z.int().min(1).max(32)

/** Which channel carries what: the site's part, because the electrician decides it. */
export const IoWiring = z.strictObject({
  outputs: z
    .partialRecord(z.enum([...LAMPS, ...LOCKS]), channel)
    .default({})
    .describe('Channel (from 1) of each lamp and of the lock of the door.'),
  inputs: z
    .partialRecord(
      z.enum(INPUTS),
      z.strictObject({
        channel,
        activeWhen: z
          .enum(['closed', 'open'])
          .describe('Which position of the contact means: door open, tampered with, paper there.'),
      }),
    )
    .default({})
    .describe('Channel (from 1) and sense of each contact.'),
})
export type IoWiring = z.output<typeof IoWiring>

/** Whether the board has the channels; and no two things share one. `detail` is for the person who wrote the file. */
export function checkWiring(map: RegisterMap, wiring: IoWiring): Result<void, { readonly detail: string }> {
  const outputs = Object.entries(wiring.outputs)
  const inputs = Object.entries(wiring.inputs).map(([name, { channel: number }]) => [name, number] as const)
  return allFit('output', outputs, map.outputs.count) ?? allFit('input', inputs, map.inputs?.count ?? 0) ?? ok()
}

function allFit(
  kind: string,
  named: readonly (readonly [string, number])[],
  count: number,
): Result<never, { readonly detail: string }> | undefined {
  const taken = new Map<number, string>()
  for (const [name, number] of named) {
    if (number > count) return err({ detail: `${name}: the board has ${count} ${kind}s, not ${number}` })
    const other = taken.get(number)
    if (other !== undefined) return err({ detail: `${name} and ${other} share ${kind} ${number}` })
    taken.set(number, name)
  }
  return undefined
}
