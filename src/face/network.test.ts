import { describe, expect, it } from 'vitest'
import type { PlanarImage } from './image.ts'
import type { ChannelInput } from './manifest.ts'
import { Network } from './network.ts'

/**
 * The smallest ONNX file that gives its input back, written by hand in protobuf (field << 3 | wire type, length,
 * bytes): a model of IR 8, one `Identity` node from `in` to `out`, both float tensors 1×3×1×2.
 */
function identityModel(): Uint8Array {
  const field = (number: number, value: Buffer | string): Buffer => {
    const bytes = Buffer.from(value)
    return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
  }
  const int = (number: number, value: number): Buffer => Buffer.from([number << 3, value])
  const shape = Buffer.concat([1, 3, 1, 2].map((size) => field(1, int(1, size))))
  const type = field(2, field(1, Buffer.concat([int(1, 1), field(2, shape)])))
  const node = Buffer.concat([field(1, 'in'), field(2, 'out'), field(4, 'Identity')])
  const graph = Buffer.concat([
    field(1, node),
    field(2, 'g'),
    field(11, Buffer.concat([field(1, 'in'), type])),
    field(12, Buffer.concat([field(1, 'out'), type])),
  ])
  return Buffer.concat([int(1, 8), field(7, graph), field(8, int(2, 13))])
}

const PICTURE: PlanarImage = { width: 2, height: 1, planeCount: 3, planes: Float32Array.of(1, 2, 30, 40, 500, 600) }
const INPUT: ChannelInput = { name: 'in', width: 2, height: 1, channels: 'RGB', mean: 0, scale: 1 }

async function seenBy(input: ChannelInput): Promise<number[]> {
  const network = await Network.load(identityModel(), input, ['out'])
  const [output] = await network.run(PICTURE, ['out'])
  await network.close()
  return Array.from(output!)
}

describe('what a network is shown', () => {
  it('is red, green, blue for an RGB network', async () => {
    expect(await seenBy(INPUT)).toEqual([1, 2, 30, 40, 500, 600])
  })

  it('is blue, green, red for a BGR network, as the liveness network needs it', async () => {
    expect(await seenBy({ ...INPUT, channels: 'BGR' })).toEqual([500, 600, 30, 40, 1, 2])
  })

  it('has the mean taken off before it is scaled', async () => {
    expect(await seenBy({ ...INPUT, mean: 1, scale: 0.5 })).toEqual([0, 0.5, 14.5, 19.5, 249.5, 299.5])
  })

  it('must have the size that the manifest names', async () => {
    const network = await Network.load(identityModel(), { ...INPUT, width: 1, height: 2 }, ['out'])
    await expect(network.run(PICTURE, ['out'])).rejects.toThrow(/takes 1×2/)
    await network.close()
  })
})

describe('a network file', () => {
  it('is refused when it lacks an output of the manifest', async () => {
    await expect(Network.load(identityModel(), INPUT, ['scores'])).rejects.toThrow(/scores/)
  })
})
