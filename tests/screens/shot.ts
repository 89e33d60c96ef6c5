import type { Snapshot, View } from '../../src/ipc/snapshot.ts'

/** The moment of every photograph: a Monday morning in the hall. */
export const MOMENT = Date.UTC(2026, 10, 23, 2, 18, 0)

/** One photograph: a name for the file, and the snapshot. All people and vehicles are synthetic. */
export interface Fixture {
  readonly name: string
  readonly snapshot: Snapshot
  /** Names of the buttons to press before the photograph. */
  readonly press: readonly string[]
}

type Extra = Partial<Pick<Snapshot, 'countdown' | 'staffCalled' | 'problem' | 'technician'>>
let viewId = 1

export function shot(name: string, view: View, extra: Extra = {}, press: readonly string[] = []): Fixture {
  viewId += 1
  const snapshot: Snapshot = {
    seq: viewId,
    viewId,
    header: {
      stationName: '云港市道路运输综合服务站',
      kioskName: '自助终端 01 号',
      helpPhone: '020-12328',
      mode: 'demo',
    },
    display: { largePrint: false, highContrast: false, lowReach: false },
    countdown: view.screen === 'S00' ? null : { endsAt: MOMENT + 100_000, warnAt: MOMENT + 85_000 },
    staffCalled: false,
    problem: null,
    view,
    ...extra,
  }
  return { name, snapshot, press }
}
