import type { Page } from 'playwright-core'

/** A change of the screen as the page saw it, and the presses before it; epoch milliseconds of the same machine. */
interface Mark {
  readonly at: number
  readonly screen: string
}

declare global {
  interface Window {
    kioskMarks?: { screens: Mark[]; pressedAt: number }
  }
}

/**
 * Keeps time inside the page, where neither the driver's polling nor its patience counts: when a finger was lifted, and
 * when the next screen was in the document.
 */
export async function startStopwatch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const marks = { screens: [] as Mark[], pressedAt: 0 }
    window.kioskMarks = marks
    const look = (): void => {
      const shown = document.querySelector<HTMLElement>('[data-screen]')
      const screen = `${shown?.dataset['screen'] ?? ''}.${shown?.dataset['stage'] ?? ''}`
      if (marks.screens.at(-1)?.screen !== screen) marks.screens.push({ at: Date.now(), screen })
    }
    look()
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      attributeFilter: ['data-screen', 'data-stage'],
    })
    document.addEventListener('pointerup', () => (marks.pressedAt = Date.now()), { capture: true })
  })
}

/** Milliseconds from `since` (or from the last lifted finger) to the latest appearance of `screen` (`S04.CHOOSE`). */
export function elapsed(page: Page, screen: string, since?: number): Promise<number> {
  return page.evaluate(
    ([wanted, start]) => {
      const mark = window.kioskMarks?.screens.findLast((one) => one.screen.startsWith(wanted))
      return mark === undefined ? 0 : mark.at - (start ?? window.kioskMarks?.pressedAt ?? mark.at)
    },
    [screen, since] as const,
  )
}
