import { TriangleAlert } from 'lucide-react'
import type { ReactElement } from 'react'
import type { TextRef } from '../../ipc/text.ts'
import { useSay } from '../text/say.ts'

/** What went a little wrong and is put right on the spot. */
export function Remark({ remark }: { readonly remark: TextRef }): ReactElement {
  const say = useSay()
  return (
    <span className="remark" role="alert">
      <TriangleAlert aria-hidden strokeWidth={2.2} />
      {say(remark)}
    </span>
  )
}
