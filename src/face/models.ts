import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { err, ok, type Result } from '../lib/result.ts'
import { modelsManifest, type ChannelInput, type FeatureModel, type ModelsManifest } from './manifest.ts'
import { Network } from './network.ts'

/** Why the engine cannot start. `file` is the path looked at, for the technician. */
export type ModelProblem =
  | { readonly code: 'MANIFEST_MISSING'; readonly file: string }
  | { readonly code: 'MANIFEST_INVALID'; readonly file: string; readonly detail: string }
  | { readonly code: 'MODEL_MISSING'; readonly file: string }
  | { readonly code: 'MODEL_ALTERED'; readonly file: string; readonly expected: string; readonly actual: string }
  | { readonly code: 'MODEL_UNUSABLE'; readonly file: string; readonly detail: string }

export interface FeatureNetwork {
  readonly model: FeatureModel
  readonly network: Network
}

export interface Networks {
  readonly manifest: ModelsManifest
  readonly detection: Network
  readonly landmarks: Network
  readonly features: readonly FeatureNetwork[]
  readonly liveness: Network
}

/** Reads a models manifest. */
export async function readManifest(file: string): Promise<Result<ModelsManifest, ModelProblem>> {
  const bytes = await readIfThere(file)
  if (bytes === undefined) return err({ code: 'MANIFEST_MISSING', file })
  const parsed = modelsManifest.safeParse(jsonOrUndefined(bytes.toString('utf8')))
  return parsed.success
    ? ok(parsed.data)
    : err({ code: 'MANIFEST_INVALID', file, detail: z.prettifyError(parsed.error) })
}

/**
 * Loads the networks named by the manifest at `manifestFile`, which lie beside it. A file's SHA-256 is checked
 * before ONNX runtime sees a byte of it: a network that was swapped could accept anybody.
 */
export async function loadNetworks(manifestFile: string): Promise<Result<Networks, ModelProblem>> {
  const manifest = await readManifest(manifestFile)
  if (!manifest.ok) return manifest
  const folder = path.dirname(manifestFile)
  const { detection, landmarks, features, liveness } = manifest.value
  const wanted: readonly (readonly [file: NetworkFile, outputs: readonly string[]])[] = [
    [detection, [detection.outputs.scores, detection.outputs.boxes]],
    [landmarks, [landmarks.output]],
    [liveness, [liveness.output]],
    ...features.map((feature) => [feature, [feature.output]] as const),
  ]
  const loaded: Network[] = []
  // One after the other: the runtime loads them on this thread anyway, and each takes the memory the last has given back.
  for (const [file, outputs] of wanted) {
    const network = await loadNetwork(folder, file, outputs)
    if (!network.ok) {
      for (const earlier of loaded) await earlier.close()
      return network
    }
    loaded.push(network.value)
  }
  const [detectionNetwork, landmarkNetwork, livenessNetwork, ...featureNetworks] = loaded as [
    Network,
    Network,
    Network,
    ...Network[],
  ]
  return ok({
    manifest: manifest.value,
    detection: detectionNetwork,
    landmarks: landmarkNetwork,
    liveness: livenessNetwork,
    features: features.map((model, index) => ({ model, network: featureNetworks[index] as Network })),
  })
}

interface NetworkFile {
  readonly file: string
  readonly sha256: string
  readonly input: ChannelInput
}

async function loadNetwork(
  folder: string,
  network: NetworkFile,
  outputs: readonly string[],
): Promise<Result<Network, ModelProblem>> {
  const file = path.join(folder, network.file)
  const bytes = await readIfThere(file)
  if (bytes === undefined) return err({ code: 'MODEL_MISSING', file })
  const actual = createHash('sha256').update(bytes).digest('hex')
  if (actual !== network.sha256) return err({ code: 'MODEL_ALTERED', file, expected: network.sha256, actual })
  try {
    const loaded = await Network.load(bytes, network.input, outputs)
    // The runtime has its own copy; nothing else would make V8 look for this one.
    giveBack(bytes)
    return ok(loaded)
  } catch (problem) {
    return err({
      code: 'MODEL_UNUSABLE',
      file,
      detail: problem instanceof Error ? problem.message : 'not an ONNX network',
    })
  }
}

/** Frees the memory behind `bytes` now and not at some collection; nobody may use them any more. */
function giveBack(bytes: Buffer): void {
  ;(bytes.buffer as ArrayBuffer).transfer(0)
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch {
    return undefined
  }
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
