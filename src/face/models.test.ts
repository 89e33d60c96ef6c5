import { createHash } from 'node:crypto'
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOk } from '../lib/result.ts'
import type { ModelsManifest } from './manifest.ts'
import { loadNetworks, readManifest } from './models.ts'

const SHIPPED = path.join(import.meta.dirname, '../../assets/models')
let folder: string
let manifestFile: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'models-'))
  manifestFile = path.join(folder, 'models.json')
  for (const file of await readdir(SHIPPED)) await copyFile(path.join(SHIPPED, file), path.join(folder, file))
})
afterEach(() => rm(folder, { recursive: true }))

async function rewrite(change: (manifest: ModelsManifest) => unknown): Promise<void> {
  const manifest = expectOk(await readManifest(manifestFile), 'the shipped manifest')
  await writeFile(manifestFile, JSON.stringify(change(manifest)))
}

describe('the shipped models', () => {
  it('load, and each carries its licence beside it', async () => {
    const networks = expectOk(await loadNetworks(manifestFile), 'the shipped models')
    expect(networks.features.map(({ model }) => model.length)).toEqual([512, 192])
    const files = await readdir(SHIPPED)
    expect(files.filter((file) => file.startsWith('LICENSE')).sort()).toEqual([
      'LICENSE-faceplugin',
      'LICENSE-mobilefacenet',
    ])
    for (const network of [networks.detection, networks.landmarks, networks.liveness]) await network.close()
    for (const { network } of networks.features) await network.close()
  })

  it('are named by the hash of every file beside the manifest', async () => {
    const manifest = expectOk(await readManifest(manifestFile), 'the shipped manifest')
    const named = [manifest.detection, manifest.landmarks, manifest.liveness, ...manifest.features]
    for (const { file, sha256 } of named) {
      const bytes = await readFile(path.join(SHIPPED, file))
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    }
    expect((await readdir(SHIPPED)).filter((file) => file.endsWith('.onnx'))).toHaveLength(named.length)
  })
})

describe('a model that is not as shipped', () => {
  it('is MODEL_MISSING when its file is gone', async () => {
    await rm(path.join(folder, 'fr_landmark.onnx'))
    expect(await loadNetworks(manifestFile)).toEqual({
      ok: false,
      error: { code: 'MODEL_MISSING', file: path.join(folder, 'fr_landmark.onnx') },
    })
  })

  it('is MODEL_ALTERED when one byte was added, and ONNX runtime never sees it', async () => {
    await appendFile(path.join(folder, 'fr_feature.onnx'), '\0')
    const problem = await loadNetworks(manifestFile)
    expect(problem).toMatchObject({
      ok: false,
      error: { code: 'MODEL_ALTERED', file: path.join(folder, 'fr_feature.onnx') },
    })
  })

  it('is MODEL_UNUSABLE when its hash is right but it is no network', async () => {
    await writeFile(path.join(folder, 'other.onnx'), 'not a network')
    const sha256 = createHash('sha256').update('not a network').digest('hex')
    await rewrite((manifest) => ({ ...manifest, liveness: { ...manifest.liveness, file: 'other.onnx', sha256 } }))
    expect(await loadNetworks(manifestFile)).toMatchObject({ ok: false, error: { code: 'MODEL_UNUSABLE' } })
  })
})

describe('the manifest of a site', () => {
  it('is MANIFEST_MISSING when there is none', async () => {
    expect(await loadNetworks(path.join(folder, 'nothing.json'))).toMatchObject({
      ok: false,
      error: { code: 'MANIFEST_MISSING' },
    })
  })

  it('is MANIFEST_INVALID, with the place and the reason, when a figure is wrong', async () => {
    await rewrite((manifest) => ({ ...manifest, decision: { threshold: 7, high: 0.6 } }))
    const problem = await loadNetworks(manifestFile)
    expect(problem).toMatchObject({ ok: false, error: { code: 'MANIFEST_INVALID' } })
    expect(!problem.ok && problem.error.code === 'MANIFEST_INVALID' && problem.error.detail).toContain(
      'decision.threshold',
    )
  })

  it('may not lead out of its folder', async () => {
    await rewrite((manifest) => ({ ...manifest, detection: { ...manifest.detection, file: '../fr_detect.onnx' } }))
    expect(await loadNetworks(manifestFile)).toMatchObject({ ok: false, error: { code: 'MANIFEST_INVALID' } })
  })

  it('is MANIFEST_INVALID when it is no JSON', async () => {
    await writeFile(manifestFile, '{')
    expect(await loadNetworks(manifestFile)).toMatchObject({ ok: false, error: { code: 'MANIFEST_INVALID' } })
  })
})
