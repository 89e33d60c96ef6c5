/** One page of a list: from the top of its first item to the bottom of its last, in pixels of the list. */
export interface PageSpan {
  readonly from: number
  readonly to: number
}

/**
 * Cuts a column of items into pages at most `room` high, never through an item. An item taller than the room gets a page
 * of its own. `items` are tops and bottoms in order.
 */
export function pageBreaks(items: readonly { top: number; bottom: number }[], room: number): PageSpan[] {
  const pages: { from: number; to: number }[] = []
  for (const { top, bottom } of items) {
    const page = pages.at(-1)
    if (page !== undefined && bottom - page.from <= room + 0.5) page.to = bottom
    else pages.push({ from: top, to: bottom })
  }
  return pages.length === 0 ? [{ from: 0, to: 0 }] : pages
}
