import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { PlanarImage } from './image.ts'
import type { ChannelInput } from './manifest.ts'

/**
 * How every network runs. Without spinning, threads that wait for work sleep: on a machine with other work the five
 * networks take 34 ms together instead of 190. Without the arena the process keeps 20 MB less.
 */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  enableCpuMemArena: false,
  intraOpNumThreads: 1,
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
}

/**
 * One ONNX network: pre-processing of its input as the manifest says, one reused input tensor (a frame leaves no
 * garbage behind), and its named outputs. Not re-entrant: the engine runs one picture at a time.
 */
export class Network {
  private readonly session: InferenceSession
  private readonly input: ChannelInput
  private readonly values: Float32Array
  private readonly tensor: Tensor
  /** Room for the next picture of the input's size, used again for each; wiped with the network's input. */
  readonly scratch: Float32Array

  private constructor(session: InferenceSession, input: ChannelInput) {
    this.session = session
    this.input = input
    const planes = input.channels === 'GREY' ? 1 : 3
    this.values = new Float32Array(planes * input.width * input.height)
    this.scratch = new Float32Array(3 * input.width * input.height)
    this.tensor = new Tensor('float32', this.values, [1, planes, input.height, input.width])
  }

  /** Throws when the bytes are not a network, or not one with this input and these outputs. */
  static async load(bytes: Uint8Array, input: ChannelInput, outputs: readonly string[]): Promise<Network> {
    const session = await InferenceSession.create(bytes, SESSION_OPTIONS)
    const missing = [input.name, ...outputs].filter(
      (name) => ![...session.inputNames, ...session.outputNames].includes(name),
    )
    if (missing.length > 0) {
      await session.release()
      throw new Error(`the network has no input or output named ${missing.join(', ')}`)
    }
    return new Network(session, input)
  }

  /** Runs the network on a picture of exactly its input size and gives the named outputs. */
  async run(picture: PlanarImage, outputs: readonly string[]): Promise<readonly Float32Array[]> {
    this.fill(picture)
    const results = await this.session.run({ [this.input.name]: this.tensor }, outputs)
    return outputs.map((name) => {
      const data = results[name]?.data
      if (!(data instanceof Float32Array)) throw new Error(`the network has no float output named ${name}`)
      return data
    })
  }

  /** Forgets the last picture. */
  wipe(): void {
    this.values.fill(0)
    this.scratch.fill(0)
  }

  async close(): Promise<void> {
    this.wipe()
    await this.session.release()
  }

  private fill(picture: PlanarImage): void {
    const { width, height, channels, mean, scale } = this.input
    const size = width * height
    const { planes, planeCount } = picture
    if (picture.width !== width || picture.height !== height || planeCount * size !== this.values.length) {
      throw new Error(`the network takes ${width}×${height} ${channels}`)
    }
    for (let plane = 0; plane < planeCount; plane++) {
      const from = (channels === 'BGR' ? planeCount - 1 - plane : plane) * size
      const to = plane * size
      for (let at = 0; at < size; at++) this.values[to + at] = ((planes[from + at] as number) - mean) * scale
    }
  }
}
