import { CircleCheck, CircleHelp, CircleX, Info, LockKeyhole, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { ReactElement } from 'react'
import type { Badge as BadgeView } from '../../ipc/snapshot.ts'
import { useSay } from '../text/say.ts'

export type Tone = BadgeView['tone']

const icons: Readonly<Record<Tone, LucideIcon>> = {
  good: CircleCheck,
  info: Info,
  warning: TriangleAlert,
  bad: CircleX,
  unknown: CircleHelp,
}

/** The icon of a tone; it never stands without the word beside it. */
export function ToneIcon({ tone, locked = false }: { readonly tone: Tone; readonly locked?: boolean }): ReactElement {
  const Icon = locked ? LockKeyhole : icons[tone]
  return <Icon className="tone-icon" aria-hidden strokeWidth={2.2} />
}

/** State of a vehicle: colour and icon and word. */
export function BadgeChip({ badge }: { readonly badge: BadgeView }): ReactElement {
  const say = useSay()
  return (
    <span className={`badge tone--${badge.tone}`}>
      <ToneIcon tone={badge.tone} locked={badge.label.key === 'badge.LOCKED'} />
      {say(badge.label)}
    </span>
  )
}
