import type { CentralClient } from '../../central/client/central-client.ts'
import type { KeyPair } from '../../central/contract/key.ts'
import type { Enrolment } from '../../central/contract/station.ts'
import type { DeviceReport } from '../../drivers/report.ts'
import type { SelfTest } from '../../drivers/self-test.ts'
import type { FaceClient } from '../../face/client.ts'
import type { CameraState } from '../../ipc/messages.ts'
import type { TextRef } from '../../ipc/text.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Result } from '../../lib/result.ts'
import type { ReadinessReport } from '../../store/readiness-reports.ts'
import type { Store } from '../../store/store.ts'
import type { Frames } from '../frames.ts'
import type { Site } from '../site/schema.ts'

/** What the console needs of the kiosk. Nothing in it leads to a visit or to a citizen's data. */
export interface Rooms {
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly site: Site
  readonly sitePath: string
  readonly dataDir: string
  readonly centre: CentralClient
  /** The kiosk's own key: its thumbprint (RFC 7638) is shown, and it signs what a technician changes. */
  readonly device: KeyPair
  readonly enrolment: () => Enrolment | null
  readonly devices: DeviceRoom
  /** Why services are closed now. */
  readonly closings: () => readonly TextRef[]
  readonly face: { readonly client: () => FaceClient | null; readonly modelsDir: string }
  readonly frames: Frames
  /** What the page's camera says; the last word first. */
  readonly camera: { readonly state: () => CameraState['state'] | null }
  /** The next code shown to the scanner; null when there is no scanner or nobody shows one. */
  readonly scan: (signal: AbortSignal) => Promise<string | null>
  readonly printReport: (report: PrintableReport) => Promise<Result<void, PaperTrouble>>
  /** Where the site has a printer that can print the ruler. */
  readonly ruler: RulerPage | null
  /** What the document printer says is left of its toner, 0 to 1; null where it does not say. Bounded, never throws. */
  readonly tonerLeft: () => Promise<number | null>
  /** Sends what waits for the centre, without hurry. */
  readonly sendLetters: () => void
  /** Ends this process in order; the shell starts it again. */
  readonly restart: () => void
}

/** A device of this site as the board shows it. */
export interface DeviceOnBoard {
  readonly role: string
  readonly driver: string
  readonly model: string | null
  /** `serial:/dev/ttyUSB0@115200`, `hid 0C2E:0B61 S1`. */
  readonly address: string
  readonly report: Pick<DeviceReport, 'state' | 'tone' | 'textKey' | 'usable'>
  /** When it became so, milliseconds since the epoch. */
  readonly since: number
  readonly optional: boolean
  readonly simulated: boolean
}

/** The devices as the console meets them: their state comes from the supervisor, their tests from the drivers. */
export interface DeviceRoom {
  devices(): readonly DeviceOnBoard[]
  onChange(listener: () => void): () => void
  /** Tests of the device of `role`; those with `hands` need somebody at the machine. */
  selfTests(role: string): readonly RoomTest[]
  /** What could be bound to a role, and with which drivers. */
  roles(): readonly { readonly role: string; readonly drivers: readonly string[] }[]
  /** Looks at every port; `tell` says what is tried now. Ends early when `signal` is aborted. */
  discover(tell: (step: TextRef) => void, signal: AbortSignal): Promise<readonly Found[]>
}

export interface RoomTest {
  readonly test: SelfTest
  /** Whether somebody must put something on it or look at something. */
  readonly hands: boolean
}

/** Something that is plugged in. */
export interface Found {
  readonly id: string
  readonly kind: 'serial' | 'hid' | 'usb' | 'lp' | 'cups' | 'tcp' | 'pcsc'
  readonly address: string
  readonly identity: string | null
  readonly boundTo: string | null
  readonly guess: {
    readonly role: string
    readonly driver: string
    readonly certainty: 'CERTAIN' | 'LIKELY' | 'POSSIBLE'
  } | null
  readonly report: readonly TextRef[]
  /** As the site file writes how it is reached; null for what no site file can name. */
  readonly transport: Readonly<Record<string, unknown>> | null
}

/** Millimetres by which print is moved: right and down. */
export interface Offsets {
  readonly dxMm: number
  readonly dyMm: number
}

/** Prints the ruler page of the certificate printer with trial offsets. */
export interface RulerPage {
  readonly pageMm: { readonly width: number; readonly height: number }
  print(
    trial: Offsets,
    signal: AbortSignal,
    tell: (stage: 'INSERT' | 'PRINTING') => void,
  ): Promise<Result<void, { readonly code: string; readonly words: TextRef }>>
}

/** A report with its titles in words, ready for paper. */
export interface PrintableReport extends ReadinessReport {
  readonly lines: readonly {
    readonly title: TextRef
    readonly state: ReadinessReport['items'][number]['state']
    readonly detail: string | null
    readonly before: string | null
  }[]
  readonly comparedWith: number | null
}

export interface PaperTrouble {
  readonly code: string
}
