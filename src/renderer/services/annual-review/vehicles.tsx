import { Keyboard } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import type { View } from '../../../ipc/snapshot.ts'
import { useKiosk } from '../../link/kiosk-context.tsx'
import { Pages } from '../../parts/pages.tsx'
import { Plate } from '../../parts/plate.tsx'
import { Press } from '../../parts/press.tsx'
import { shownText } from '../../parts/shown.tsx'
import { Stage, type Action } from '../../parts/stage.tsx'
import { BadgeChip, ToneIcon, type Tone } from '../../parts/tone.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { useSay } from '../../text/say.ts'
import { writtenDate } from '../../text/written.ts'
import { PlateEntry } from './plate-entry.tsx'
import { PublicStatus } from './public-status.tsx'

type VehiclesView = Extract<View, { screen: 'S04' }>
type ListedVehicle = VehiclesView['vehicles'][number]

/** S04: the person's vehicles with their state; another plate may be asked for, which shows public fields only. */
export function Vehicles({ view }: { readonly view: VehiclesView }): ReactElement {
  const say = useSay()
  const [entering, setEntering] = useState(false)
  const [dismissed, setDismissed] = useState<VehiclesView['publicStatus']>(null)
  if (view.stage === 'LOADING') {
    return (
      <Stage stage="LOADING" title={say('vehicles.loadingTitle')} guide={say('vehicles.loadingNote')}>
        <Waiting />
      </Stage>
    )
  }
  if (entering) return <PlateEntry onDone={() => setEntering(false)} />
  const status = view.publicStatus === dismissed ? null : view.publicStatus
  if (status !== null) {
    return <PublicStatus status={status} onAgain={() => setEntering(true)} onClose={() => setDismissed(status)} />
  }
  return <Choose view={view} onOtherPlate={() => setEntering(true)} />
}

function Choose(props: { readonly view: VehiclesView; readonly onOtherPlate: () => void }): ReactElement {
  const { view, onOtherPlate } = props
  const { send } = useKiosk()
  const say = useSay()
  const none = view.vehicles.length === 0
  const actions: Action[] = [
    { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
    { label: say('action.BACK'), onPress: () => send({ type: 'BACK' }) },
    { label: say('action.OTHER_PLATE'), onPress: onOtherPlate },
  ]
  return (
    <Stage
      stage="CHOOSE"
      work="controls"
      title={say(none ? 'vehicles.emptyTitle' : 'vehicles.title')}
      guide={none ? say('vehicles.emptyNote') : say('vehicles.person', { person: shownText(view.personMasked, say) })}
      lead={none ? <Keyboard className="empty-mark" aria-hidden strokeWidth={1.2} /> : <Legend />}
      actions={actions}
    >
      <Pages className="vehicles">
        {view.vehicles.map((vehicle) => (
          <VehicleCard key={vehicle.id} vehicle={vehicle} />
        ))}
      </Pages>
    </Stage>
  )
}

function VehicleCard({ vehicle }: { readonly vehicle: ListedVehicle }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const { id, plateNo, reviewValidUntil, badge, note } = vehicle
  return (
    <Press
      kind="choice"
      className="vehicle"
      label={say('vehicles.choose', { plate: plateNo, status: say(badge.label) })}
      onPress={() => send({ type: 'SELECT_VEHICLE', vehicleId: id })}
    >
      <Plate vehicle={vehicle} />
      <BadgeChip badge={badge} />
      <span className="vehicle__date">
        {say('vehicles.validUntil')}
        <strong>{reviewValidUntil === null ? say('vehicles.noDate') : writtenDate(reviewValidUntil)}</strong>
      </span>
      {note !== null && <span className={`vehicle__note tone--${badge.tone}`}>{say(note)}</span>}
    </Press>
  )
}

const legend: readonly { tone: Tone; word: 'good' | 'info' | 'warning' | 'bad' }[] = [
  { tone: 'good', word: 'good' },
  { tone: 'info', word: 'info' },
  { tone: 'warning', word: 'warning' },
  { tone: 'bad', word: 'bad' },
]

/** What the labels of the list mean. */
function Legend(): ReactElement {
  const say = useSay()
  return (
    <ul className="legend" aria-label={say('vehicles.legend.title')}>
      {legend.map(({ tone, word }) => (
        <li key={tone} className={`legend__entry tone--${tone}`}>
          <ToneIcon tone={tone} locked={tone === 'bad'} />
          <span>
            <strong>{say(`vehicles.legend.${word}.term`)}</strong>
            {say(`vehicles.legend.${word}.text`)}
          </span>
        </li>
      ))}
    </ul>
  )
}
