import { useEffect } from 'react'
import { CORNER, CornerGesture } from './corner-gesture.ts'

/** Listens for the four corners while the component that asks is on the screen; takes no touch away from anybody. */
export function useCornerGesture(onOpen: () => void): void {
  useEffect(() => {
    const gesture = new CornerGesture()
    const onTouch = (event: PointerEvent): void => {
      if (!event.isPrimary) return
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
      const page = { width: innerWidth, height: innerHeight, corner: (CORNER / 100) * rem }
      if (gesture.touch({ x: event.clientX, y: event.clientY, at: event.timeStamp }, page)) onOpen()
    }
    document.addEventListener('pointerdown', onTouch, { capture: true, passive: true })
    return () => {
      document.removeEventListener('pointerdown', onTouch, { capture: true })
    }
  }, [onOpen])
}
