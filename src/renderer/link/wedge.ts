import type { KioskBridge } from '../../ipc/bridge.ts'

/** The part of a keyboard event that is used. */
type Key = Pick<KeyboardEvent, 'type' | 'key' | 'repeat' | 'timeStamp' | 'preventDefault' | 'stopImmediatePropagation'>

/**
 * A scanner that types like a keyboard (keyboard wedge). While `isOn`, every key is taken before anything on the page
 * hears of it and goes to the kiosk, which puts the code together; the page knows nothing of codes. A key held down
 * repeats itself: a scanner's never does, so the repeats are swallowed.
 */
export function takeWedgeKeys(
  target: Pick<Document, 'addEventListener'>,
  isOn: () => boolean,
  sendKey: KioskBridge['sendKey'],
): void {
  const onKey = (event: Key): void => {
    if (!isOn()) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (event.type === 'keydown' && !event.repeat) sendKey({ key: event.key, at: event.timeStamp })
  }
  for (const type of ['keydown', 'keyup'] as const) target.addEventListener(type, onKey, { capture: true })
}
