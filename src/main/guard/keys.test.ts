import { describe, expect, test } from 'vitest'
import { isForbiddenKey } from './keys.ts'

const press = (key: string, held: Partial<Record<'control' | 'alt' | 'meta' | 'shift', boolean>> = {}) => ({
  type: 'keyDown',
  key,
  control: false,
  alt: false,
  meta: false,
  ...held,
})

describe('keys', () => {
  test.each(['0', '9', 'a', 'Z', 'Enter', 'Backspace', 'Tab', 'Escape', 'ArrowDown', ' ', 'F'])('%s passes', (key) => {
    expect(isForbiddenKey(press(key))).toBe(false)
  })

  test.each(['F1', 'F5', 'F11', 'F12', 'F24', 'ContextMenu', 'PrintScreen', 'BrowserBack'])('%s is refused', (key) => {
    expect(isForbiddenKey(press(key))).toBe(true)
  })

  test.each(['control', 'alt', 'meta'] as const)('everything with %s held is refused', (modifier) => {
    for (const key of ['r', 'w', 'p', 'c', 'F4', 'ArrowLeft', '+', 'Tab']) {
      expect(isForbiddenKey(press(key, { [modifier]: true }))).toBe(true)
    }
  })

  test.each(['Insert', 'Delete'])('Shift+%s, an old shortcut of the clipboard, is refused', (key) => {
    expect(isForbiddenKey(press(key, { shift: true }))).toBe(true)
  })

  test('Delete alone corrects what was typed', () => {
    expect(isForbiddenKey(press('Delete'))).toBe(false)
  })
})
