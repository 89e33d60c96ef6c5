import { dateInShanghai, type LocalDate } from '../../../domain/local-date.ts'
import type { ProvinceProfile } from '../../../domain/province.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { CentralDatabase } from '../store/database.ts'
import { Endorsements } from '../store/endorsements.ts'
import { Identifications } from '../store/identifications.ts'
import { Kiosks } from '../store/kiosks.ts'
import { Registry } from '../store/registry.ts'
import { Reviews } from '../store/reviews.ts'
import { SharedRecords } from '../sources/shared-records.ts'
import { SourceSwitchboard } from '../sources/source-switchboard.ts'
import type { SigningKeys } from './signing-key.ts'

export interface CentreSettings {
  readonly clock: Clock
  readonly province: ProvinceProfile
  /** The calendar day the centre works by; the day of the clock in China unless a demo fixes it. */
  readonly today?: () => LocalDate
  /** Everything printed carries 样张. */
  readonly specimen: boolean
  /** How long a submitted review is checked, milliseconds (the real thing takes seconds). */
  readonly checkingMs: number
  /** Lifetime of an authorization, milliseconds, whole seconds. */
  readonly authorizationTtlMs: number
}

/** What every service of the centre works with. */
export interface Centre {
  readonly settings: CentreSettings
  readonly database: CentralDatabase
  readonly sources: SourceSwitchboard
  readonly registry: Registry
  readonly records: SharedRecords
  readonly kiosks: Kiosks
  readonly identifications: Identifications
  readonly reviews: Reviews
  readonly endorsements: Endorsements
  readonly signingKeys: SigningKeys
}

export function makeCentre(settings: CentreSettings, database: CentralDatabase, signingKeys: SigningKeys): Centre {
  return {
    settings,
    database,
    signingKeys,
    sources: new SourceSwitchboard(settings.clock),
    registry: new Registry(database),
    records: new SharedRecords(database),
    kiosks: new Kiosks(database),
    identifications: new Identifications(database),
    reviews: new Reviews(database),
    endorsements: new Endorsements(database),
  }
}

export function now(centre: Centre): number {
  return centre.settings.clock.now()
}

export function today(centre: Centre): LocalDate {
  return centre.settings.today?.() ?? dateInShanghai(now(centre))
}

/** Runs `work` in one immediate transaction: what it reads cannot change before what it writes. */
export function atomically<T>(centre: Centre, work: () => T): T {
  return centre.database.transaction(work).immediate()
}
