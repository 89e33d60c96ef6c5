/** The part of Electron's `Input` that decides. */
export interface KeyPress {
  readonly type: string
  readonly key: string
  readonly control: boolean
  readonly alt: boolean
  readonly meta: boolean
  readonly shift?: boolean
}

/**
 * Whether a key press must not reach the page or the browser. Plain keys pass (keypad, scanner, technician's keyboard);
 * every combination is refused, because each does something a hall does not need: reload, close, copy, zoom, print.
 */
export function isForbiddenKey(press: KeyPress): boolean {
  if (press.control || press.alt || press.meta) return true
  // Shift makes letters, and two old shortcuts: cut (with Delete) and paste (with Insert, which is refused altogether).
  if (press.shift === true && press.key === 'Delete') return true
  return /^F\d{1,2}$/.test(press.key) || FORBIDDEN.has(press.key)
}

const FORBIDDEN = new Set([
  'ContextMenu',
  'Insert',
  'PrintScreen',
  'BrowserBack',
  'BrowserForward',
  'BrowserRefresh',
  'BrowserHome',
  'BrowserSearch',
  'GoBack',
  'Help',
])
