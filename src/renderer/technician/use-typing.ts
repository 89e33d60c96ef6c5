import { useEffect } from 'react'

export interface Typing {
  readonly onKey: (key: string) => void
  readonly onDelete: () => void
  readonly onEnter: () => void
}

/** A physical keyboard, where the technician has brought one, does what the keys on the screen do. */
export function useTyping({ onKey, onDelete, onEnter }: Typing, accepts: (key: string) => boolean): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey) return
      // Enter on a focused button presses that button; elsewhere it finishes the entry.
      if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) onEnter()
      else if (event.key === 'Backspace') onDelete()
      else if (event.key.length === 1 && event.key !== ' ' && accepts(event.key)) onKey(event.key)
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', hear)
    return () => {
      document.removeEventListener('keydown', hear)
    }
  })
}
