import type { IntentMessage } from './intent.ts'

/**
 * An intent as it travels from the page to the kiosk process: JSON, UTF-8. Not as a text: what a citizen types passes
 * through the shell, where a text can be neither read over nor overwritten, and bytes can. `intentFrom` reads it.
 */
export function intentBytes(message: IntentMessage): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(message))
}
