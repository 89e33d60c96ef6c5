import type { ReactElement } from 'react'
import { canShow } from '../text/can-show.ts'
import { useSay, type Say } from '../text/say.ts'

/** A value that came from outside. Characters the type lacks are named, never drawn as a box. */
export function Shown({ text }: { readonly text: string }): ReactElement {
  const say = useSay()
  return <>{shownText(text, say)}</>
}

/** The same as a string, to be put into a sentence. */
export function shownText(text: string, say: Say): string {
  if (canShow(text)) return text
  return `${Array.from(text)
    .filter((char) => canShow(char))
    .join('')}${say('glyph.missing')}`
}
