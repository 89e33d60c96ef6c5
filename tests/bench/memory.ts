import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { resolveElectron } from '../../scripts/electron/resolve.ts'
import { launchKiosk, type LaunchedKiosk } from '../support/electron.ts'
import { buttons, choose, endVisit, press, shown, toCardReader } from '../support/hand.ts'
import { ownerVideo } from './camera.ts'
import { atMost, rounded, type BenchResult } from './figures.ts'
import { memoryOfTree, othersOf, totalMb, type ProcessMemory } from './process-memory.ts'
import { startRig, type RigChild } from './rig-child.ts'

const LIMIT_MB = 600
/** What a process has put down but not yet given back is gone after this, in milliseconds. */
const SETTLE_MS = 3_000
const SAMPLE_MS = 250
const PLATE = '粤B23456'
const BARE = join(import.meta.dirname, 'bare-electron')

/**
 * The proportional set sizes of all processes of the kiosk added up: shell, zygotes, GPU, network, renderer, kiosk and
 * face process; not the rig. At rest after one whole visit, while the face is being verified, and the most there was
 * at any sample of the visit. Hands are Playwright's; its debugger is counted, here and in the bare window.
 *
 * A page that several processes share is divided among all of them, also among those that are not the kiosk's. The
 * bench and the rig are Node like the kiosk process, so that one runs from a copy of Node which only it maps; another
 * Electron from the same folder would still flatter the sum, and is reported.
 */
export async function benchMemory(): Promise<BenchResult> {
  if (process.platform !== 'linux') throw new Error('proportional set sizes are read from /proc: Linux only')
  const bare = await bareWindow()
  const rig = await startRig()
  const folder = mkdtempSync(join(tmpdir(), 'bench-memory-'))
  const ownNode = join(folder, 'node')
  copyFileSync(process.execPath, ownNode)
  const kiosk = await launchKiosk({
    site: rig.sitePath,
    data: join(folder, 'data'),
    fakeCamera: await ownerVideo(),
    env: { KIOSK_DOCK: '0', KIOSK_NODE: ownNode },
  })
  const pid = kiosk.app.process().pid ?? 0
  try {
    await press(kiosk.page, buttons.service, { trial: true })
    await settled()
    const atStart = memoryOfTree(pid)
    const visit = watchMemory(pid)
    const face = await endorse(kiosk, rig, pid)
    const most = visit.stop()
    await settled()
    const atRest = memoryOfTree(pid)
    return {
      figures: [
        atMost('all processes at rest after a visit', totalMb(atRest), LIMIT_MB, 'MB'),
        atMost('all processes while the face is verified', totalMb(face), LIMIT_MB, 'MB'),
        atMost('all processes, the most during a visit', totalMb(most), LIMIT_MB, 'MB'),
      ],
      details: {
        otherElectrons: othersOf(pid),
        bareMb: rounded(totalMb(bare)),
        beforeTheVisitMb: rounded(totalMb(atStart)),
        bare: listed(bare),
        atRest: listed(atRest),
        face: listed(face),
        most: listed(most),
      },
    }
  } finally {
    await kiosk.close()
    await rig.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function bareWindow(): Promise<readonly ProcessMemory[]> {
  const electron = await resolveElectron()
  const data = mkdtempSync(join(tmpdir(), 'bench-bare-'))
  const env = { ...process.env, ...electron.env, BARE_DATA: data } as Record<string, string>
  const { executablePath, args } = electron
  const app = await _electron.launch({ executablePath, args: [...args, BARE], env })
  try {
    await app.firstWindow()
    await settled()
    return memoryOfTree(app.process().pid ?? 0)
  } finally {
    await app.close()
    rmSync(data, { recursive: true, force: true })
  }
}

/** One whole endorsement; gives the most there was while the face was verified. */
async function endorse(kiosk: LaunchedKiosk, rig: RigChild, pid: number): Promise<readonly ProcessMemory[]> {
  const { page } = kiosk
  await toCardReader(page, 'agreeFace')
  rig.command({ type: 'PLACE_CARD', person: 0 })
  await shown(page, 'S03')
  const face = watchMemory(pid)
  await shown(page, 'S04', 'CHOOSE')
  const duringFace = face.stop()
  await choose(page, PLATE)
  await shown(page, 'S05', 'DONE')
  await press(page, buttons.continue)
  await shown(page, 'S07')
  await press(page, buttons.confirm)
  await shown(page, 'S08', 'INSERT_CERTIFICATE')
  rig.command({ type: 'INSERT_CERTIFICATE' })
  await shown(page, 'S09')
  rig.command({ type: 'TAKE_CERTIFICATE' })
  rig.command({ type: 'LIFT_CARD' })
  await press(page, buttons.taken)
  await shown(page, 'S10')
  await endVisit(kiosk, page, () => press(page, buttons.verySatisfied))
  return duringFace
}

interface MemoryWatch {
  /** Ends the watch and gives the largest sample. */
  stop(): readonly ProcessMemory[]
}

function watchMemory(pid: number): MemoryWatch {
  let most = memoryOfTree(pid)
  const sample = (): void => {
    const now = memoryOfTree(pid)
    if (totalMb(now) > totalMb(most)) most = now
  }
  const timer = setInterval(sample, SAMPLE_MS)
  return {
    stop: () => {
      clearInterval(timer)
      sample()
      return most
    },
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}

function listed(processes: readonly ProcessMemory[]): readonly string[] {
  return processes.map(({ name, pssMb }) => `${name} ${pssMb.toFixed(1)}`)
}
