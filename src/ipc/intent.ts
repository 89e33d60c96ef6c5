import { z } from 'zod'
import { consoleIntents } from './console.ts'

/** What the person at the screen can mean. The renderer sends nothing else; the kiosk ignores what does not fit its state. */
export const Intent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('START_SERVICE'), service: z.string().max(40) }),
  z.object({ type: z.literal('AGREE_NOTICE') }),
  z.object({ type: z.literal('CONSENT_FACE'), agree: z.boolean() }),
  z.object({ type: z.literal('USE_OTHER_METHOD') }),
  z.object({ type: z.literal('CERTIFICATE_CODE'), code: z.string().min(1).max(64) }),
  z.object({ type: z.literal('RESEND_SMS') }),
  z.object({ type: z.literal('SMS_CODE'), code: z.string().regex(/^\d{6}$/) }),
  z.object({ type: z.literal('SELECT_VEHICLE'), vehicleId: z.string().max(40) }),
  z.object({ type: z.literal('QUERY_PLATE'), plateNo: z.string().max(10), plateColor: z.string().max(2) }),
  z.object({ type: z.literal('CONTINUE') }),
  z.object({ type: z.literal('BACK') }),
  z.object({ type: z.literal('RETRY') }),
  z.object({ type: z.literal('PRINT_LIST') }),
  z.object({ type: z.literal('CONFIRM') }),
  z.object({ type: z.literal('LEAVE') }),
  z.object({ type: z.literal('TAKEN') }),
  z.object({ type: z.literal('RATE'), stars: z.int().min(1).max(5) }),
  z.object({ type: z.literal('STILL_HERE') }),
  z.object({ type: z.literal('ACTIVITY') }),
  z.object({ type: z.literal('CALL_STAFF'), open: z.boolean() }),
  z.object({
    type: z.literal('SET_DISPLAY'),
    largePrint: z.boolean().optional(),
    highContrast: z.boolean().optional(),
    lowReach: z.boolean().optional(),
  }),
  ...consoleIntents,
])
export type Intent = z.infer<typeof Intent>

/**
 * An intent with the view it was meant for. `viewId` is copied from the snapshot on screen when the finger came down: a
 * second tap, or a tap that arrives after the screen changed, names an old view and is dropped by the kiosk.
 */
export const IntentMessage = z.object({ viewId: z.int().min(0), intent: Intent })
export type IntentMessage = z.infer<typeof IntentMessage>

/** Longest intent that is passed on, bytes; the longest there is carries a value of the site file that a technician typed. */
export const INTENT_LIMIT = 32 * 1024

/** An intent on its way, as `intentBytes` wrote it; overwritten by whoever has passed it on or read it. */
export const IntentBytes = z.instanceof(Uint8Array).refine(({ byteLength }) => byteLength <= INTENT_LIMIT)

/** Reads what `intentBytes` wrote; null when it is no intent. */
export function intentFrom(bytes: Uint8Array): IntentMessage | null {
  try {
    return IntentMessage.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return null
  }
}
