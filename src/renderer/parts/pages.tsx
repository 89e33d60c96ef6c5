import { ChevronDown, ChevronUp } from 'lucide-react'
import { useLayoutEffect, useRef, useState, type ReactElement, type ReactNode } from 'react'
import { useSay } from '../text/say.ts'
import { pageBreaks, type PageSpan } from './page-breaks.ts'
import { Press } from './press.tsx'

interface PagesProps {
  readonly children: readonly ReactNode[]
  readonly className?: string
  /** Number of the item that is kept on the screen while it changes; a person may still turn the pages in between. */
  readonly follow?: number
}

interface Span {
  readonly top: number
  readonly bottom: number
}

interface Layout {
  readonly pages: readonly PageSpan[]
  readonly items: readonly Span[]
}

/**
 * A list that never scrolls under a finger: what does not fit goes to further pages, turned with two big buttons. Each
 * child is one item and is never cut.
 */
export function Pages({ children, className, follow }: PagesProps): ReactElement {
  const outer = useRef<HTMLDivElement>(null)
  const strip = useRef<HTMLUListElement>(null)
  const [{ pages, items }, setLayout] = useState<Layout>({ pages: [{ from: 0, to: 0 }], items: [] })
  const [wanted, setWanted] = useState(0)

  useLayoutEffect(() => {
    const update = (): void => {
      if (outer.current === null || strip.current === null) return
      const next = measure(outer.current, strip.current)
      setLayout((now) => (JSON.stringify(now) === JSON.stringify(next) ? now : next))
    }
    update()
    const observer = new ResizeObserver(update)
    if (outer.current !== null) observer.observe(outer.current)
    if (strip.current !== null) observer.observe(strip.current)
    return () => {
      observer.disconnect()
    }
  }, [children.length])

  const followed = follow === undefined ? undefined : items[follow]
  const followedPage = followed === undefined ? -1 : pages.findIndex((page) => isOn(page, followed))
  const [lastFollowed, setLastFollowed] = useState(-1)
  if (followedPage !== lastFollowed) {
    setLastFollowed(followedPage)
    if (followedPage >= 0) setWanted(followedPage)
  }

  const index = Math.min(wanted, pages.length - 1)
  const page = pages[index] ?? { from: 0, to: 0 }
  const paged = pages.length > 1
  return (
    <div className={`pages ${className ?? ''}`} ref={outer}>
      <div className="pages__window" style={paged ? { height: page.to - page.from } : undefined}>
        <ul
          className="pages__strip"
          ref={strip}
          style={paged ? { transform: `translateY(${-page.from}px)` } : undefined}
        >
          {children.map((child, item) => (
            <li key={item} inert={paged && !isOn(page, items[item])}>
              {child}
            </li>
          ))}
        </ul>
      </div>
      {paged && <Turner index={index} count={pages.length} onTurn={setWanted} />}
    </div>
  )
}

function Turner(props: {
  readonly index: number
  readonly count: number
  readonly onTurn: (page: number) => void
}): ReactElement {
  const { index, count, onTurn } = props
  const say = useSay()
  const position = { page: index + 1, pages: count }
  return (
    <div className="turner">
      <Press kind="plain" disabled={index === 0} onPress={() => onTurn(index - 1)}>
        <ChevronUp aria-hidden />
        {say('action.PAGE_UP')}
      </Press>
      <p className="turner__position" role="status" aria-label={say('page.position', position)}>
        {say('page.short', position)}
      </p>
      <Press kind="plain" disabled={index === count - 1} onPress={() => onTurn(index + 1)}>
        <ChevronDown aria-hidden />
        {say('action.PAGE_DOWN')}
      </Press>
    </div>
  )
}

/** Pages of the room there is; when there is more than one, the room for the two buttons is taken off first. */
function measure(outer: HTMLElement, strip: HTMLElement): Layout {
  const items = Array.from(strip.children, (item) => spanOf(item as HTMLElement))
  const bottom = items.at(-1)?.bottom ?? 0
  if (bottom <= outer.clientHeight + 0.5) return { pages: [{ from: 0, to: bottom }], items }
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const turner = parseFloat(getComputedStyle(outer).getPropertyValue('--turner')) * rem
  return { pages: pageBreaks(items, outer.clientHeight - turner), items }
}

function spanOf(item: HTMLElement): Span {
  return { top: item.offsetTop, bottom: item.offsetTop + item.offsetHeight }
}

function isOn(page: PageSpan, item: Span | undefined): boolean {
  return item === undefined || (item.top >= page.from - 1 && item.bottom <= page.to + 1)
}
