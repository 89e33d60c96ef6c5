import { BadgeInfo, BookOpenText, ClipboardCheck, IdCard, ReceiptText, Truck, type LucideIcon } from 'lucide-react'
import { useCallback, type ReactElement } from 'react'
import type { ServiceTile, View } from '../../ipc/snapshot.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { useCornerGesture } from '../link/use-corner-gesture.ts'
import { Pages } from '../parts/pages.tsx'
import { Press } from '../parts/press.tsx'
import { Stage } from '../parts/stage.tsx'
import { useNow } from '../parts/use-now.ts'
import { Landscape } from '../pictures/landscape.tsx'
import { useSay } from '../text/say.ts'
import { wallTime } from '../text/written.ts'

type HomeView = Extract<View, { screen: 'S00' }>

/** S00: what can be done here. The main service is large; what is closed says why. */
export function Home({ view }: { readonly view: HomeView }): ReactElement {
  const say = useSay()
  const { send } = useKiosk()
  useCornerGesture(useCallback(() => send({ type: 'CONSOLE_OPEN' }), [send]))
  const main = view.tiles.filter((tile) => tile.main)
  const others = view.tiles.filter((tile) => !tile.main)
  const rows = [...main.map((tile) => <MainTile key={tile.id} tile={tile} />), ...pairs(others)]
  return (
    <Stage stage="HOME" work="controls" title={<Greeting />} guide={say('home.ask')} lead={<Landscape />}>
      <Pages className="tiles">{rows}</Pages>
    </Stage>
  )
}

function Greeting(): ReactElement {
  const say = useSay()
  const { hour } = wallTime(useNow())
  const part =
    hour < 5
      ? 'evening'
      : hour < 9
        ? 'early'
        : hour < 12
          ? 'morning'
          : hour < 14
            ? 'noon'
            : hour < 18
              ? 'afternoon'
              : 'evening'
  return <>{say(`home.greeting.${part}`)}</>
}

function MainTile({ tile }: { readonly tile: ServiceTile }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Press
      kind="choice"
      className="tile tile--main"
      disabled={tile.closed !== null}
      onPress={() => send({ type: 'START_SERVICE', service: tile.id })}
    >
      <span className="tile__icon">
        <TileIcon id={tile.id} />
      </span>
      <span className="tile__words">
        <strong>{say(tile.title)}</strong>
        <span>{say(tile.closed ?? tile.hint)}</span>
      </span>
      <span className="tile__go">{say(tile.closed === null ? 'home.start' : 'home.closed')}</span>
    </Press>
  )
}

/** Small tiles stand two in a row; a row is what the pages turn by. */
function pairs(tiles: readonly ServiceTile[]): ReactElement[] {
  const rows: ReactElement[] = []
  for (let index = 0; index < tiles.length; index += 2) {
    const row = tiles.slice(index, index + 2)
    rows.push(
      <div className="tile-row" key={row.map(({ id }) => id).join()}>
        {row.map((tile) => (
          <SmallTile key={tile.id} tile={tile} />
        ))}
      </div>,
    )
  }
  return rows
}

function SmallTile({ tile }: { readonly tile: ServiceTile }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Press
      kind="choice"
      className="tile"
      disabled={tile.closed !== null}
      onPress={() => send({ type: 'START_SERVICE', service: tile.id })}
    >
      <span className="tile__icon">
        <TileIcon id={tile.id} />
      </span>
      <span className="tile__words">
        <strong>{say(tile.title)}</strong>
        <span>{say(tile.closed ?? tile.hint)}</span>
      </span>
    </Press>
  )
}

/** Icons of the services this page knows; another service gets a neutral one. */
const tileIcons: Readonly<Record<string, LucideIcon>> = {
  'annual-review': Truck,
  'review-result': ClipboardCheck,
  'driver-documents': IdCard,
  'penalty-payment': ReceiptText,
  'public-query': BadgeInfo,
  guide: BookOpenText,
}

function TileIcon({ id }: { readonly id: string }): ReactElement {
  const Icon = tileIcons[id] ?? ClipboardCheck
  return <Icon aria-hidden strokeWidth={1.8} />
}
