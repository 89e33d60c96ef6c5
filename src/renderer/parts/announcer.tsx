import type { ReactElement } from 'react'
import { useKiosk } from '../link/kiosk-context.tsx'
import { useSay } from '../text/say.ts'
import { spokenTexts } from '../text/spoken.ts'

/** Says each change to those who do not see it; the voice of a later issue speaks the same sentences. */
export function Announcer(): ReactElement {
  const { snapshot } = useKiosk()
  const say = useSay()
  return (
    <p className="only-spoken" role="status" aria-live="polite">
      {spokenTexts(snapshot)
        .map((ref) => say(ref))
        .join('。')}
    </p>
  )
}
