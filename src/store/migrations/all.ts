import type { Migration } from '../migrate.ts'
import { first } from './0001-first.ts'
import { technician } from './0002-technician.ts'
import { renewals } from './0003-renewals.ts'

/** Every schema this program has known, oldest first. A new one is a new file and a new line here. */
export const migrations: readonly Migration[] = [first, technician, renewals]

/** The newest schema this program knows. */
export const SCHEMA_VERSION = migrations.length
