import type { ServiceTile } from '../../ipc/snapshot.ts'
import { text } from '../../ipc/text.ts'
import type { House } from '../visit/events.ts'

/** Devices a service cannot do without; a missing one greys its tile instead of failing at the last step. */
export type DeviceRole = 'id-card' | 'receipt-printer' | 'certificate-printer'

interface CatalogueRow {
  readonly id: string
  readonly main: boolean
  readonly needs: readonly DeviceRole[]
  readonly needsCentre: boolean
  /** False: announced on the home screen, not yet opened at any station. */
  readonly opened: boolean
}

/**
 * Every citizen service of this kiosk: adding one is adding `kiosk/services/<id>/`, `renderer/services/<id>/` and a row
 * here. Its words are `service.<id>.title` and `.hint` in the text file.
 */
export const catalogue: readonly CatalogueRow[] = [
  {
    id: 'annual-review',
    main: true,
    needs: ['id-card', 'certificate-printer', 'receipt-printer'],
    needsCentre: true,
    opened: true,
  },
  ...['review-result', 'driver-documents', 'penalty-payment', 'public-query', 'guide'].map((id) => ({
    ...{ id, main: false, needs: [], needsCentre: true, opened: false },
  })),
]

export function tilesOf(house: House): ServiceTile[] {
  return catalogue.map(({ id, main, opened }) => ({
    id,
    main,
    title: text(`service.${id}.title`),
    hint: text(`service.${id}.hint`),
    closed: opened ? (house.closed[id] ?? null) : text('closed.NOT_OPEN'),
  }))
}
