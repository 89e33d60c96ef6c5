import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addVehicle, type SeededVehicle, type VehicleSeed } from '../../src/central/server/seed/vehicle-seed.ts'
import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import { readProvinceFile } from '../../src/central/server/province-file.ts'
import { localDate, startOfDayInShanghai } from '../../src/domain/local-date.ts'
import type { ToKiosk, ToShell } from '../../src/ipc/messages.ts'
import { NODE_ARGV } from '../../src/main/child/node-child.ts'
import { startKiosk, type Kiosk, type Refusal } from '../../src/kiosk/kiosk.ts'
import { assetPath } from '../../src/lib/assets.ts'
import { OVERWRITE_FREED } from '../../src/lib/forget-memory.ts'
import { systemClock, type CancelTimer, type Clock } from '../../src/lib/clock.ts'
import { Rig, type RigOptions } from '../../src/rig/rig.ts'
import { Visitor } from '../support/visitor.ts'

/** The day on which the scenarios of the domain play. */
export const SCENARIO_TODAY = localDate('2026-11-23')

/** Real timers under a wall clock of another day, which can be set while everything runs. */
export class SetClock implements Clock {
  private readonly startedAt = performance.now()
  private readonly base: number
  private offsetMs = 0
  private passedMs = 0

  constructor(wallMs = startOfDayInShanghai(SCENARIO_TODAY) + 10 * 3_600_000) {
    this.base = wallMs
  }

  now(): number {
    return Math.round(this.base + this.offsetMs + this.monotonic() - this.startedAt)
  }

  monotonic(): number {
    return performance.now() + this.passedMs
  }

  setTimer(ms: number, callback: () => void): CancelTimer {
    return systemClock.setTimer(ms, callback)
  }

  /** Lets time pass that nobody waits for: the timers stay where they are. */
  pass(ms: number): void {
    this.passedMs += ms
  }

  /** Sets the wall clock forward, or back. */
  step(ms: number): void {
    this.offsetMs += ms
  }
}

const FACE_ENTRY = join(import.meta.dirname, '../../src/face/process.ts')
const KIOSK_ENTRY = join(import.meta.dirname, '../../src/kiosk/main.ts')

/** Freely shaped, since some tests write wrong ones. */
export type SiteJson = Record<string, unknown> & {
  kiosk: Record<string, unknown>
  site: Record<string, unknown>
  centre: Record<string, unknown>
  devices: Record<string, Record<string, unknown>>
}

export interface KioskChoice {
  /** Changes the site file of the rig. */
  readonly site?: (site: SiteJson) => void
  /** A folder of an earlier run; a fresh one by default. */
  readonly dataDir?: string
  /** Whether the face process runs; most tests take the other way and need none. */
  readonly face?: boolean
  readonly clock?: Clock
  /** The station whose centre this kiosk belongs to, where it is not its own. */
  readonly centreOf?: Station
  /** A site file of an earlier run, as it is; `site`, `face` and `centreOf` then say nothing. */
  readonly sitePath?: string
  /** The kiosk asks to be started anew. */
  readonly onRestart?: () => void
}

/** A kiosk in this process: the very code of `src/kiosk/main.ts` without the process around it. */
export interface RunningKiosk {
  readonly visitor: Visitor
  readonly dataDir: string
  readonly sitePath: string
  stop(): Promise<void>
}

/** A rig, and kiosks at it. Everything is stopped and removed by `close`. */
export class Station {
  readonly rig: Rig
  readonly clock: SetClock
  private readonly folder = mkdtempSync(join(tmpdir(), 'kiosk-scenario-'))
  private readonly province: string
  private readonly running: { stop(): Promise<void> }[] = []
  private served = 0

  private constructor(rig: Rig, clock: SetClock, province: string) {
    this.rig = rig
    this.clock = clock
    this.province = province
  }

  static async open(options: Partial<RigOptions> = {}, clock = new SetClock()): Promise<Station> {
    return new Station(await Rig.start({ clock, ...options }), clock, options.province ?? 'guangdong')
  }

  /** Starts a kiosk that must start, and waits until its service is open. */
  async kiosk(choice: KioskChoice = {}): Promise<RunningKiosk> {
    const kiosk = await this.start(choice)
    await kiosk.visitor.seesOpenHome()
    return kiosk
  }

  /** Starts a kiosk that must start, whatever it then offers. */
  async start(choice: KioskChoice = {}): Promise<RunningKiosk> {
    const kiosk = await this.tryToStart(choice)
    if ('code' in kiosk) throw new Error(`the kiosk refused to start: ${kiosk.code} ${kiosk.technician}`)
    return kiosk
  }

  async tryToStart(choice: KioskChoice = {}): Promise<RunningKiosk | Refusal> {
    const dataDir = choice.dataDir ?? this.freshFolder()
    const sitePath = choice.sitePath ?? this.siteFile(choice)
    const listeners: ((message: ToShell) => void)[] = []
    const started = await startKiosk({
      sitePath,
      dataDir,
      faceEntry: FACE_ENTRY,
      logLevel: 'debug',
      clock: choice.clock ?? this.clock,
      post: (message) => {
        for (const listener of listeners) listener(message)
      },
      restart: () => choice.onRestart?.(),
    })
    if (!started.ok) return started.error
    const kiosk = started.value
    const line = {
      send: (message: ToKiosk) => kiosk.receive(message),
      listen: (listener: (message: ToShell) => void) => void listeners.push(listener),
    }
    const visitor = new Visitor(this.rig, line, (choice.centreOf ?? this).rig.central)
    kiosk.start()
    return this.keep({ visitor, dataDir, sitePath, stop: stopOnce(kiosk) })
  }

  /** Starts the kiosk as a process of its own, as the shell does; `kill` is the power cut. */
  kioskProcess(choice: KioskChoice = {}): RunningKiosk & { readonly pid: number; kill(): Promise<void> } {
    const dataDir = choice.dataDir ?? this.freshFolder()
    const sitePath = choice.sitePath ?? this.siteFile(choice)
    const child = fork(KIOSK_ENTRY, [], {
      serialization: 'advanced',
      execArgv: [...NODE_ARGV],
      env: { ...process.env, ...OVERWRITE_FREED, KIOSK_SITE: sitePath, KIOSK_DATA: dataDir, KIOSK_LOG_LEVEL: 'debug' },
    })
    const ended = once(child, 'exit')
    const visitor = new Visitor(this.rig, {
      send: (message: ToKiosk) => void child.send(message),
      listen: (listener) => void child.on('message', (message) => listener(message as ToShell)),
    })
    const kiosk = this.keep({ visitor, dataDir, sitePath, stop: () => endProcess(child, ended) })
    return {
      ...kiosk,
      pid: child.pid ?? 0,
      kill: async () => {
        child.kill('SIGKILL')
        await ended
      },
    }
  }

  /** Writes the rig's site file with `choice`'s changes, and a fresh enrolment code, to a place of its own. */
  siteFile({ site: change, face = false, centreOf = this }: KioskChoice): string {
    const site = this.ownSite()
    site.centre = { ...centreOf.ownSite().centre, enrolmentCode: centreOf.rig.central.admin.enrolmentCode() }
    if (!face) site['face'] = { enabled: false }
    change?.(site)
    const path = join(this.folder, `site-${(this.served += 1)}.json`)
    writeFileSync(path, JSON.stringify(site, null, 2))
    return path
  }

  get centreUrl(): string {
    return String(this.ownSite().centre['url'])
  }

  freshFolder(): string {
    return mkdtempSync(join(this.folder, 'data-'))
  }

  /** A truck of the demo's owner, in perfect order and approved except as said. */
  truck(seed: Partial<VehicleSeed> & { readonly plate: string }): SeededVehicle {
    const own = {
      operatorId: 'OP-OWNER',
      operatorName: DEMO_PEOPLE.owner.name,
      review: { status: 'APPROVED' },
    } as const
    const areaCode = this.province === 'zhejiang' ? '330100' : '440300'
    const profile = readProvinceFile(assetPath('provinces', `${this.province}.json`))
    return addVehicle(this.rig.central.database, profile, this.rig.central.today(), { ...own, areaCode, ...seed })
  }

  /** The centre's records of one vehicle, oldest first. */
  ledgerOf(plateNo: string) {
    return this.rig.central.admin.ledger().filter(({ vehicle }) => vehicle.plateNo === plateNo)
  }

  async close(): Promise<void> {
    for (const kiosk of this.running.reverse()) await kiosk.stop()
    await this.rig.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private ownSite(): SiteJson {
    return JSON.parse(readFileSync(this.rig.sitePath, 'utf8')) as SiteJson
  }

  private keep(kiosk: RunningKiosk): RunningKiosk {
    this.running.push(kiosk)
    return kiosk
  }
}

function stopOnce(kiosk: Kiosk): () => Promise<void> {
  let stopped: Promise<void> | undefined
  return () => (stopped ??= kiosk.stop())
}

async function endProcess(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  // The shell is gone: a kiosk ends itself then, also one that has refused to start.
  if (child.connected) child.disconnect()
  await ended
}
