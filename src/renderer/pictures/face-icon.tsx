import type { ReactElement } from 'react'

const mouths = {
  1: 'M34 74 Q50 56 66 74',
  2: 'M34 70 Q50 60 66 70',
  3: 'M34 67 H66',
  4: 'M34 62 Q50 76 66 62',
  5: 'M30 58 Q50 88 70 58 Z',
} as const

/** A face for the rating; the word stands below it. */
export function FaceIcon({ mood }: { readonly mood: keyof typeof mouths }): ReactElement {
  return (
    <svg className="mood" viewBox="0 0 100 100" aria-hidden>
      <circle className="mood__ground" cx="50" cy="50" r="46" />
      <circle className="mood__eye" cx="35" cy="40" r="5.5" />
      <circle className="mood__eye" cx="65" cy="40" r="5.5" />
      <path className={mood === 5 ? 'mood__mouth mood__mouth--open' : 'mood__mouth'} d={mouths[mood]} />
    </svg>
  )
}
