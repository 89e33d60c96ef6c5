import { ShieldCheck } from 'lucide-react'
import type { ReactElement } from 'react'
import type { View } from '../../ipc/snapshot.ts'
import { Stage } from '../parts/stage.tsx'
import { Landscape } from '../pictures/landscape.tsx'
import { useSay } from '../text/say.ts'

type OutView = Extract<View, { screen: 'OUT' }>

/** The kiosk serves nobody for now: why, where to go, and a line for the technician. */
export function OutOfService({ view }: { readonly view: OutView }): ReactElement {
  const say = useSay()
  return (
    <Stage stage="OUT" title={say('out.title')} guide={say(view.reason)} lead={<Landscape />}>
      <p className="face__guidance">{say('out.todo')}</p>
      <p className="assurance">
        <ShieldCheck aria-hidden />
        {say('out.assurance')}
      </p>
      <p className="code">
        {say('out.technician')} {view.technician}
      </p>
    </Stage>
  )
}
