import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import type { LogFields } from '../../lib/log.ts'
import type { StoreWriter } from '../../store/store.ts'
import type { Member } from './access.ts'
import type { Rooms } from './rooms.ts'
import type { SiteDraft } from './site-draft.ts'

/** One screen of the console while it is shown. */
export interface Page {
  /** Changes exactly when a tap would mean something else. */
  readonly task: string
  /** Whether devices are in use, so that nobody else may ask them. */
  readonly held: boolean
  view(): ConsoleView
  receive(intent: ConsoleIntent): void
  /** The screen is left: what is under way is broken off. */
  close(): void
}

type ScreenName = Exclude<ConsoleView['screen'], 'S90'>

/** What every page is given. */
export interface Desk {
  readonly rooms: Rooms
  readonly member: Member
  readonly draft: SiteDraft
  /** The page shows something else now. */
  readonly changed: () => void
  /** Does something that takes time; pages that are closed break off by their own signal. */
  readonly work: (work: () => Promise<void>) => void
  readonly go: (screen: ScreenName, role?: string) => void
  /** Writes an audit row of this member, and whatever belongs to the same moment. */
  readonly record: (
    entry: {
      readonly action: string
      readonly target: string
      readonly result?: 'OK' | 'REFUSED' | 'FAILED'
      readonly detail?: LogFields
    },
    also?: (tx: StoreWriter) => void,
  ) => void
  /** Whether a second person gives her number and PIN; see Access.witness. */
  readonly witness: (staffId: string, pin: string) => Promise<Member | 'WRONG' | 'LOCKED'>
}
