/**
 * Makes the page a counter, not a web page: one finger at a time, no context menu, no dragging, no pinching, no
 * selecting. Every first contact is reported to `fingerDown` before the control under it hears of it.
 */
export function guardTouch(target: Document, fingerDown: () => void): void {
  const refuse = (event: Event): void => {
    event.preventDefault()
  }
  for (const type of ['contextmenu', 'dragstart', 'drop', 'dragover', 'selectstart', 'gesturestart'])
    target.addEventListener(type, refuse)
  target.addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey) event.preventDefault()
    },
    { passive: false },
  )
  const onlyFirstFinger = (event: PointerEvent): void => {
    if (!event.isPrimary) {
      event.preventDefault()
      event.stopImmediatePropagation()
    } else if (event.type === 'pointerdown') fingerDown()
  }
  for (const type of ['pointerdown', 'pointerup', 'pointercancel'] as const)
    target.addEventListener(type, onlyFirstFinger, { capture: true })
  target.addEventListener('keydown', fingerDown, { capture: true })
}
