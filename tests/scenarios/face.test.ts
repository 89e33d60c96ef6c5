import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import type { Snapshot } from '../../src/ipc/snapshot.ts'
import { consentText } from '../../src/kiosk/services/annual-review/consent.ts'
import { assetPath } from '../../src/lib/assets.ts'
import { renderPortrait } from '../../src/rig/faces.ts'
import type { Picture, Visitor } from '../support/visitor.ts'
import { filmOf, impostor } from './camera.ts'
import { filesOf, findInFiles, inMemoryOf, technicianReads } from './remains.ts'
import { Station, type RunningKiosk } from './station.ts'

let station: Station
let kiosk: RunningKiosk
let visitor: Visitor
let owner: Picture[]
let stranger: Picture[]

beforeAll(async () => {
  station = await Station.open()
  await station.rig.registerPortraits()
  owner = await filmOf('owner', 40)
  const { picture, portrait } = await impostor()
  stranger = Array.from({ length: 40 }, () => picture)
  station.rig.central.database
    .prepare('UPDATE person SET portrait = ? WHERE id_no = ?')
    .run(portrait, DEMO_PEOPLE.stranger.idNo)
  kiosk = await station.kiosk({ face: true })
  visitor = kiosk.visitor
})
afterAll(() => station.close())

const faceIsOffered = ({ view }: Snapshot): boolean => view.screen === 'S01' && view.faceUnavailable === null

/** To the face screen; the first one waits until the models are loaded. */
async function looksIntoCamera(person: 'owner' | 'stranger' = 'owner'): Promise<void> {
  await visitor.seesOpenHome()
  visitor.press({ type: 'START_SERVICE', service: 'annual-review' })
  await visitor.until('the face to be offered', faceIsOffered)
  visitor.press({ type: 'AGREE_NOTICE' })
  await visitor.sees('S01', 'FACE_CONSENT')
  visitor.press({ type: 'CONSENT_FACE', agree: true })
  await visitor.sees('S02', 'WAITING')
  visitor.placeCard(person)
  await visitor.sees('S03', 'LOOKING')
}

/** What the kiosk remembers of the endorsement of this vehicle. */
function newestOf(plateNo: string) {
  const [number] = station.ledgerOf(plateNo)
  const [record] = inMemoryOf(kiosk.dataDir, ({ endorsements }) => endorsements.ofNumber(number?.endorsementNo ?? ''))
  return record
}

function consentIn(visitId: string) {
  return inMemoryOf(kiosk.dataDir, ({ audit }) => audit.latest(200)).filter(
    ({ action, target }) => action === 'consent.face' && target === visitId,
  )
}

/** Bytes out of the middle of pictures: what a forgotten file would hold. */
function traces(...pictures: readonly Uint8Array[]): Record<string, Uint8Array> {
  return Object.fromEntries(
    pictures.map((picture, index) => {
      const middle = picture.length >> 1
      return [`picture ${index + 1}`, picture.subarray(middle, middle + 96)]
    }),
  )
}

describe('the face', () => {
  it('scenario 1: her own face leads to her vehicles and to the endorsement; no picture stays', async () => {
    await looksIntoCamera()
    await visitor.showsFace(owner)
    await visitor.chooses('粤B23456')
    visitor.press({ type: 'CONTINUE' })
    await visitor.sees('S07')
    visitor.press({ type: 'CONFIRM' })
    await visitor.sees('S08', 'INSERT_CERTIFICATE')
    station.rig.insertCertificate()
    await visitor.takesAllAndLeaves()
    visitor.liftCard()
    const record = newestOf('粤B23456')
    expect(record).toMatchObject({ status: 'CONFIRMED' })
    expect(inMemoryOf(kiosk.dataDir, ({ visits }) => visits.find(record?.visitId ?? ''))).toMatchObject({
      method: 'FACE',
    })
    // That she agreed is kept, and to which words; no picture is.
    const consents = consentIn(record?.visitId ?? '')
    expect(consents).toMatchObject([{ actor: 'citizen', result: 'OK' }])
    expect(JSON.parse(consents[0]?.detail ?? '{}')).toEqual({ text: consentText() })
    const portrait = await renderPortrait('owner')
    expect(findInFiles(kiosk.dataDir, traces(portrait, ...owner))).toEqual([])
  })

  it('scenario 18: who owns nothing sees nothing', async () => {
    await looksIntoCamera('stranger')
    await visitor.showsFace(stranger)
    const list = await visitor.sees('S04', 'CHOOSE')
    expect(list.vehicles).toEqual([])
    await visitor.leaves()
  })

  it('scenario 19: who declines is served the other way; no picture is looked at and none is in log or data', async () => {
    const before = visitor.snapshots.length
    await visitor.start('CODE')
    visitor.placeCard('owner')
    // A page that sent pictures all the same would be wasting them.
    for (const picture of owner.slice(0, 5)) await visitor.showPicture(picture)
    await visitor.provesByCode('owner')
    await visitor.chooses('粤B12345D')
    visitor.press({ type: 'CONTINUE' })
    await visitor.sees('S07')
    visitor.press({ type: 'CONFIRM' })
    await visitor.sees('S08', 'INSERT_CERTIFICATE')
    station.rig.insertCertificate()
    await visitor.takesAllAndLeaves()
    visitor.liftCard()
    const views = visitor.snapshots.slice(before).map(({ view }) => view)
    expect(views.filter((view) => view.screen === 'S03' && view.method === 'FACE')).toEqual([])
    expect(station.ledgerOf('粤B12345D')).toMatchObject([{ status: 'CONFIRMED' }])
    const { visitId = '' } = newestOf('粤B12345D') ?? {}
    expect(consentIn(visitId)).toMatchObject([{ actor: 'citizen', result: 'REFUSED' }])
    expect(findInFiles(kiosk.dataDir, traces(await renderPortrait('owner'), ...owner))).toEqual([])
    expect(filesOf(kiosk.dataDir).filter((path) => !/\.(db|db-wal|db-shm|log|key)$/.test(path))).toEqual([])
  })

  it('scenario 20: three failures of a face that is not hers, then only the other way; no fourth attempt', async () => {
    const decided = () =>
      inMemoryOf(kiosk.dataDir, ({ audit }) =>
        audit.latest(200).filter(({ action, result }) => action === 'face.decided' && result === 'REFUSED'),
      ).length
    const before = decided()
    await looksIntoCamera()
    for (const left of [2, 1]) {
      await visitor.showsFace(stranger)
      const view = await visitor.sees('S03', 'TRY_AGAIN')
      expect(view).toMatchObject({ method: 'FACE', attemptsLeft: left })
      visitor.press({ type: 'RETRY' })
    }
    await visitor.showsFace(stranger)
    const { problem } = await visitor.meets('FACE_FAILED')
    expect(problem.actions).toEqual(['USE_OTHER_METHOD', 'CALL_STAFF', 'LEAVE'])
    visitor.press({ type: 'RETRY' })
    for (const picture of owner.slice(0, 12)) await visitor.showPicture(picture)
    expect(visitor.now.problem?.code).toBe('FACE_FAILED')
    expect(decided() - before).toBe(3)
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'FACE_FAILED' })
    const failures = station.rig.central.database
      .prepare<[], { n: number }>('SELECT max(face_failures) AS n FROM identification')
      .get()
    expect(failures?.n).toBe(3)

    visitor.press({ type: 'USE_OTHER_METHOD' })
    await visitor.provesByCode('owner')
    await visitor.sees('S04', 'CHOOSE')
    await visitor.leaves()
    expect(findInFiles(kiosk.dataDir, traces(...stranger, ...owner))).toEqual([])
  })
})

describe('no camera, no page, no eyes', () => {
  it.each(['MISSING', 'DENIED', 'LOST'] as const)(
    'a camera that is %s: NO_CAMERA, and the other way is one tap away',
    async (state) => {
      await looksIntoCamera()
      visitor.tell({ type: 'camera', camera: { state } })
      const { problem } = await visitor.meets('NO_CAMERA')
      expect(problem.actions[0]).toBe('USE_OTHER_METHOD')
      await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'NO_CAMERA' })
      visitor.press({ type: 'USE_OTHER_METHOD' })
      await visitor.provesByCode('owner')
      await visitor.sees('S04', 'CHOOSE')
      await visitor.leaves()
    },
  )

  it('a page that dies while she looks into the camera comes back to the same visit', async () => {
    await looksIntoCamera()
    visitor.tell({ type: 'renderer-gone', why: 'crashed' })
    await visitor.meets('NO_CAMERA')
    await technicianReads(kiosk.dataDir, 'renderer.gone', { why: 'crashed' })
    const before = visitor.now.seq
    visitor.tell({ type: 'renderer-ready' })
    expect((await visitor.until('the visit shown again', ({ seq }) => seq > before)).view.screen).toBe('S03')
    visitor.press({ type: 'RETRY' })
    await visitor.showsFace(owner)
    await visitor.sees('S04', 'CHOOSE')
    visitor.tell({ type: 'renderer-gone', why: 'frozen' })
    visitor.tell({ type: 'renderer-ready' })
    await visitor.chooses('粤B34567')
    await visitor.leaves()
  })

  it('a face process that dies is told as such, started again, and not waited for by who takes the other way', async () => {
    await looksIntoCamera()
    process.kill(faceProcess(), 'SIGKILL')
    await visitor.showPicture(owner[0]!)
    await visitor.meets('FACE_UNAVAILABLE')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'FACE_UNAVAILABLE' })
    visitor.press({ type: 'USE_OTHER_METHOD' })
    await visitor.provesByCode('owner')
    await visitor.sees('S04', 'CHOOSE')
    await visitor.leaves()
    await looksIntoCamera()
    await visitor.showsFace(owner)
    await visitor.sees('S04', 'CHOOSE')
    await visitor.leaves()
  })

  it('models elsewhere, named by the site file, are used', async () => {
    const folder = join(station.freshFolder(), 'models')
    cpSync(assetPath('models'), folder, { recursive: true })
    const other = await Station.open()
    try {
      const moved = await other.kiosk({
        face: true,
        site: (site) => (site['face'] = { manifest: join(folder, 'models.json') }),
      })
      await technicianReads(moved.dataDir, 'face.ready', {}, 15_000)
    } finally {
      await other.close()
    }
  })

  it.each([
    [
      'missing',
      (folder: string) =>
        writeFileSync(
          join(folder, 'models.json'),
          readFileSync(join(folder, 'models.json'), 'utf8').replaceAll('.onnx', '.gone'),
        ),
    ],
    ['altered', (folder: string) => alterFirstModel(folder)],
  ])('a model that is %s: the face is not offered, the other way is, and the kiosk serves', async (_, spoil) => {
    const folder = join(station.freshFolder(), 'models')
    cpSync(assetPath('models'), folder, { recursive: true })
    spoil(folder)
    const other = await Station.open()
    try {
      const spoilt = await other.kiosk({
        face: true,
        site: (site) => (site['face'] = { manifest: join(folder, 'models.json') }),
      })
      await technicianReads(spoilt.dataDir, 'face.cannot-start', { code: 'UNABLE' })
      spoilt.visitor.press({ type: 'START_SERVICE', service: 'annual-review' })
      await spoilt.visitor.until(
        'the face not to be offered',
        ({ view }) => view.screen === 'S01' && view.faceUnavailable?.key === 'closed.MODEL_MISSING',
      )
      spoilt.visitor.press({ type: 'AGREE_NOTICE' })
      await spoilt.visitor.sees('S01', 'FACE_CONSENT')
      spoilt.visitor.press({ type: 'CONSENT_FACE', agree: true })
      expect(spoilt.visitor.view.screen).toBe('S01')
      spoilt.visitor.press({ type: 'CONSENT_FACE', agree: false })
      await spoilt.visitor.sees('S02', 'WAITING')
      await spoilt.visitor.leaves()
      await spoilt.visitor.endorses('粤B23456')
    } finally {
      await other.close()
    }
  })
})

/** The child of this process that holds the models. */
function faceProcess(): number {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
  const line = children.split('\n').find((row) => row.includes('face/process.ts'))
  if (line === undefined) throw new Error(`no face process among ${children}`)
  return Number.parseInt(line, 10)
}

function alterFirstModel(folder: string): void {
  const [file] = filesOf(folder).filter((path) => path.endsWith('.onnx'))
  const bytes = readFileSync(file!)
  bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1
  writeFileSync(file!, bytes)
}
