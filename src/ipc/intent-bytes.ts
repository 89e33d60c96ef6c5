import type { IntentMessage } from './intent.ts'

/**
 * An intent as it travels from the page to the kiosk process: JSON, UTF-8. What a citizen types passes through the shell
 * like that: bytes can be overwritten there when they have been passed on, a text cannot. `intentFrom` reads it.
 */
export function intentBytes(message: IntentMessage): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(message))
}
