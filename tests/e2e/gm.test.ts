import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveElectron } from '../../scripts/electron/resolve.ts'
import { generateDeviceIdentity } from '../../src/central/client/device-key.ts'
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../src/central/contract/key.ts'
import { DEMO_STATION_CODE } from '../../src/central/server/seed/demo.ts'
import { expectOk } from '../../src/lib/result.ts'
import { authorize, CentralStage, province } from '../support/central-stage.ts'
import { signAll, verifyAll, type Findings, type Granted } from '../support/gm-fixture/signatures.ts'

/**
 * Electron's crypto is BoringSSL, which knows no 国密. What the kiosk signs and verifies there must be what Node and the
 * standard say, in both algorithms, in the main process and in a utility process.
 */
let folder: string
let inElectron: readonly Findings[]
let granted: readonly Granted[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kiosk-gm-'))
  granted = await Promise.all(SIGNATURE_ALGORITHMS.map(grantOf))
  const forged = granted.map((grant) => ({ ...grant, expected: { ...grant.expected, visitId: 'V-other' as never } }))
  const altered = granted.map((grant) => {
    const [header = '', payload = '', signature = ''] = grant.jws.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const changed = Buffer.from(JSON.stringify({ ...claims, validUntil: '2037-12-31' })).toString('base64url')
    return { ...grant, jws: [header, changed, signature].join('.') }
  })
  const work = { signed: signAll(), granted: [...granted, ...forged, ...altered] }
  inElectron = await runInElectron(work)
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe.each([0, 1])('inside Electron, process %i', (index) => {
  const here = (): Findings => {
    const found = inElectron[index]
    if (found === undefined) throw new Error('Electron said nothing')
    return found
  }

  test('the crypto of Electron has no SM3, so ours is at work', () => {
    expect(here().process).toBe(['main', 'utility'][index])
    expect(here().electron).toMatch(/^\d+\./)
    expect(here().ownSm3).toBe(false)
  })

  test('the signature of GB/T 32918.5 comes out to the last bit', () => {
    expect(here().standard).toBe(
      'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
        'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
    )
  })

  test('what Node signed with Ed25519 and SM2 is verified, and refused with one letter changed', () => {
    expect(here().verified).toEqual([true, true, true, true])
    expect(here().refused).toEqual([true, true, true, true, true, true])
  })

  test('what Electron signed with a key of its own is verified by Node', () => {
    expect(here().signed.map(({ algorithm }) => algorithm)).toEqual(['ed25519', 'sm2-sm3'])
    expect(verifyAll(here().signed).verified).toEqual([true, true, true, true])
  })

  test('authorizations of a centre of either kind may be printed, and no altered one (scenario 35)', () => {
    expect(here().authorizations.slice(0, 2)).toEqual([
      expect.stringMatching(/^\d{19}$/),
      expect.stringMatching(/^\d{19}$/),
    ])
    expect(here().authorizations.slice(2)).toEqual([
      ...['NOT_AS_CONFIRMED', 'NOT_AS_CONFIRMED'],
      ...['BAD_SIGNATURE', 'BAD_SIGNATURE'],
    ])
  })
})

/** A real authorization of a centre whose province signs with `algorithm`. */
async function grantOf(signature: SignatureAlgorithm): Promise<Granted> {
  const stage = await CentralStage.open({ province: { ...province('guangdong'), signature } })
  try {
    const identity = generateDeviceIdentity(signature)
    const client = stage.client(identity)
    const enrolmentCode = stage.central.admin.enrolmentCode()
    const request = { enrolmentCode, stationCode: DEMO_STATION_CODE, kioskName: '1号机' }
    const { kioskId } = expectOk(await client.enrol(request), 'enrolment')
    const truck = stage.truck({ plate: '粤BTEST1', review: { status: 'APPROVED' } })
    const visit = await stage.visit({ client, kioskId, identity })
    const review = await visit.open(truck.key)
    const { authorization: jws } = expectOk(await authorize(visit, review), 'authorization')
    if (review.certificate === null || review.newValidUntil === null) throw new Error('a review that is ready')
    return {
      jws,
      keys: expectOk(await client.keys(), 'keys'),
      at: stage.clock.now(),
      expected: {
        ...{ kioskId, visitId: visit.visitId, reviewId: review.reviewId, vehicle: truck.key },
        ...{ certificateNo: review.certificate.certificateNo, validUntil: review.newValidUntil },
      },
    }
  } finally {
    await stage.close()
  }
}

async function runInElectron(work: object): Promise<readonly Findings[]> {
  const [input, output] = [join(folder, 'in.json'), join(folder, 'out.json')]
  writeFileSync(input, JSON.stringify(work))
  await build({
    entryPoints: { main: join(import.meta.dirname, '../support/gm-fixture/main.ts') },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['electron'],
    logLevel: 'silent',
  })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'gm', version: '1.0.0', main: 'main.cjs' }))
  const electron = await resolveElectron()
  const child = spawn(electron.executablePath, [...electron.args, folder], {
    env: { ...process.env, ...electron.env, GM_IN: input, GM_OUT: output, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`Electron ended with ${code}:\n${said}`)
  return JSON.parse(readFileSync(output, 'utf8')) as readonly Findings[]
}
