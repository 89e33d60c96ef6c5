import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filmOf } from '../scenarios/camera.ts'
import { SetClock, Station, type KioskChoice, type SiteJson } from '../scenarios/station.ts'
import type { Picture } from '../support/visitor.ts'
import { frameTraces, placeCard, portraitTraces, register, WORDS } from './citizen.ts'
import { namesOf, scan, untilGone } from './scan.ts'
import type { Traces } from './scanner.ts'

/** A running kiosk process with the temporary folder it was given. */
export type KioskProcess = ReturnType<Station['kioskProcess']> & { readonly temporary: string }

/** How long after the end of a visit its last trace may be found, milliseconds. */
const GONE_AFTER_MS = 10_000
const WHERE_TRACES_FALL = ['/dev/shm', '/var/crash', '/var/lib/systemd/coredump', '/var/spool/cups']

/** What every desk looks for: the citizen's words, what the models make of her portrait, pictures of the camera. */
export interface Searched {
  readonly film: readonly Picture[]
  readonly traces: Traces
}

export async function whatIsSearched(): Promise<Searched> {
  const film = await filmOf('owner', 12)
  return { film, traces: { ...WORDS, ...(await portraitTraces()), ...frameTraces(film.slice(0, 2)) } }
}

/** A reader, a printer and a centre that knows the citizen: one visit after the other, each at a kiosk of its own. */
export class Desk {
  readonly station: Station
  readonly searched: Searched
  private readonly folder = mkdtempSync(join(tmpdir(), 'kiosk-privacy-'))

  private constructor(station: Station, searched: Searched) {
    this.station = station
    this.searched = searched
  }

  static async open(searched: Searched): Promise<Desk> {
    const station = await Station.open({}, new SetClock(Date.now()))
    await register(station.rig)
    return new Desk(station, searched)
  }

  /** Starts a kiosk for `work`, and stops it. Two kiosks at one reader would quarrel. */
  async withKiosk<T>(choice: KioskChoice, work: (kiosk: KioskProcess) => Promise<T>): Promise<T> {
    // Of its own: in the common one lie the caches of those who test. The child takes its environment with it.
    const temporary = mkdtempSync(join(this.folder, 'tmp-'))
    const ours = process.env['TMPDIR']
    process.env['TMPDIR'] = temporary
    const kiosk = this.station.kioskProcess(choice)
    if (ours === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = ours
    try {
      return await work({ ...kiosk, temporary })
    } finally {
      this.station.rig.reader.removeCard()
      await kiosk.stop()
    }
  }

  placeCard(): void {
    placeCard(this.station.rig)
  }

  /** Names of what the memory of a kiosk and its children holds now. */
  async heldBy({ pid }: KioskProcess): Promise<readonly string[]> {
    return namesOf(await scan({ roots: [pid], folders: [], traces: this.searched.traces }))
  }

  /** What is found in the files of a kiosk, whether it runs or not. */
  filesOf(kiosk: KioskProcess): Promise<readonly string[]> {
    return scan({ roots: [], folders: foldersOf(kiosk), traces: this.searched.traces })
  }

  /** What is left of her in memory and files when everything had its time to go. */
  leftIn(kiosk: KioskProcess): Promise<{ readonly left: readonly string[]; readonly ms: number }> {
    const order = { roots: [kiosk.pid], folders: foldersOf(kiosk), traces: this.searched.traces }
    return untilGone(order, GONE_AFTER_MS)
  }

  async close(): Promise<void> {
    await this.station.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function foldersOf({ dataDir, temporary }: KioskProcess): string[] {
  return [dataDir, temporary, ...WHERE_TRACES_FALL]
}

/** Changes the site file of a kiosk. */
export function siteWith(change: Readonly<Record<string, unknown>>): (json: SiteJson) => void {
  return (json) => void Object.assign(json, change)
}
