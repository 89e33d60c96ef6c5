import type { ReactElement } from 'react'
import type { View } from '../../../ipc/snapshot.ts'
import { useKiosk } from '../../link/kiosk-context.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Plate } from '../../parts/plate.tsx'
import { Stage } from '../../parts/stage.tsx'
import { useSay } from '../../text/say.ts'

type Status = NonNullable<Extract<View, { screen: 'S04' }>['publicStatus']>

interface PublicStatusProps {
  readonly status: Status
  readonly onAgain: () => void
  readonly onClose: () => void
}

/** What anybody may know of a vehicle that is not the person's own. */
export function PublicStatus({ status, onAgain, onClose }: PublicStatusProps): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Stage
      stage="PUBLIC_STATUS"
      title={say(status.found ? 'publicStatus.title' : 'publicStatus.notFoundTitle')}
      guide={say(status.remark)}
      lead={<Plate vehicle={status.vehicle} size="large" />}
      actions={[
        { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        { label: say('action.OTHER_PLATE'), onPress: onAgain },
        { label: say('action.BACK_TO_LIST'), kind: 'main', onPress: onClose },
      ]}
    >
      <Facts rows={status.rows.map(({ label, value }) => ({ term: say(label), value }))} />
    </Stage>
  )
}
