import { Check, ListChecks, Minus } from 'lucide-react'
import type { ReactElement } from 'react'
import type { CheckItemView } from '../../../ipc/snapshot.ts'
import { Press } from '../../parts/press.tsx'
import { Shown } from '../../parts/shown.tsx'
import { ToneIcon, type Tone } from '../../parts/tone.tsx'
import { useSay, type Say } from '../../text/say.ts'
import { wallTime } from '../../text/written.ts'

const tones: Readonly<Record<CheckItemView['result'], Tone>> = {
  PASS: 'good',
  FAIL: 'bad',
  MANUAL: 'info',
  UNAVAILABLE: 'unknown',
  NOT_APPLICABLE: 'unknown',
  WARN: 'warning',
  INFO: 'info',
}

/** One item that needs a look: the word, what was found, and where and when. */
export function CheckItem({ item }: { readonly item: CheckItemView }): ReactElement {
  const say = useSay()
  const tone = tones[item.result]
  const time = wallTime(item.checkedAt).time
  return (
    <article className={`item tone--${tone}`} data-rule={item.ruleId}>
      <header className="item__head">
        <strong>
          <Shown text={item.title} />
        </strong>
        <span className={`badge tone--${tone}`}>
          <ToneIcon tone={tone} />
          {say(`review.result.${item.result}`)}
        </span>
      </header>
      <p className="item__evidence">
        <Shown text={item.evidence === '' ? say('review.noEvidence') : item.evidence} />
      </p>
      <p className="item__source">{say('review.sourceAt', { source: item.sourceSystem, time })}</p>
    </article>
  )
}

interface PassedProps {
  readonly say: Say
  readonly passed: readonly CheckItemView[]
  readonly notApplicable: readonly CheckItemView[]
  readonly unfolded: boolean
  readonly onUnfold: () => void
}

/**
 * What is in order, as short lines two by two, so that a page may end between them; the last row is a button that shows
 * the evidence of every item.
 */
export function PassedItems({ say, passed, notApplicable, unfolded, onUnfold }: PassedProps): ReactElement[] {
  if (unfolded) return [...passed, ...notApplicable].map((item) => <CheckItem key={item.ruleId} item={item} />)
  const rows = [
    ...folded('passed', say('review.passedCount', { n: passed.length }), passed),
    ...folded('none', say('review.notApplicableCount', { n: notApplicable.length }), notApplicable),
  ]
  if (rows.length === 0) return []
  return [
    ...rows,
    <Press key="more" kind="plain" className="folded__more" onPress={onUnfold}>
      <ListChecks aria-hidden />
      {say('action.SHOW_MORE')}
    </Press>,
  ]
}

function folded(kind: 'passed' | 'none', title: string, items: readonly CheckItemView[]): ReactElement[] {
  if (items.length === 0) return []
  const rows = [
    <strong key={kind} className={`folded folded__head folded--${kind}`}>
      {title}
    </strong>,
  ]
  for (let index = 0; index < items.length; index += 2) {
    rows.push(
      <ul key={items[index]?.ruleId} className={`folded folded__pair folded--${kind}`}>
        {items.slice(index, index + 2).map(({ ruleId, title: name }) => (
          <li key={ruleId} data-rule={ruleId}>
            {kind === 'passed' ? <Check aria-hidden strokeWidth={3} /> : <Minus aria-hidden strokeWidth={3} />}
            <Shown text={name} />
          </li>
        ))}
      </ul>,
    )
  }
  return rows
}
