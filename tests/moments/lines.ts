import type { RigDevice, PlugState } from '../../src/ipc/rig.ts'
import { DeviceLineListeners, type DeviceLine, type ServeDevice } from '../../src/drivers/transport/device-line.ts'
import { TransportListeners } from '../../src/drivers/transport/listeners.ts'
import type { Transport, TransportError } from '../../src/drivers/transport/transport.ts'
import { err, ok, type Result } from '../../src/lib/result.ts'
import type { Socket } from '../../src/rig/socket.ts'

/** Something that happens when the device has said so many bytes to the kiosk. */
interface Trap {
  /** Whether what is being said now counts. */
  readonly counts: () => boolean
  readonly after: number
  readonly act: () => void
  said: number
}

const lines: SimulatedLine[] = []

/** The socket of a rig whose lines exist in this process only; the site file calls them TCP ports of host `memory`. */
export function memorySocket(device: RigDevice, serve: ServeDevice): Promise<SimulatedLine> {
  const line = new SimulatedLine(device, serve, lines.length + 1)
  lines.push(line)
  return Promise.resolve(line)
}

/** Stands in the place of `tcpTransport`: the kiosk's end of the line that has this port. */
export function connectMemory(address: { readonly port: number }): Transport {
  const line = lines[address.port - 1]
  if (line === undefined) throw new Error(`no simulated line ${address.port}`)
  return line.newEnd()
}

/** One cable between the kiosk and a simulated device. It can be pulled, and the device's power can go, at any byte. */
export class SimulatedLine implements Socket {
  readonly device: RigDevice
  readonly transport: Readonly<Record<string, unknown>>
  readonly serve: ServeDevice
  state: PlugState = 'PLUGGED'
  private readonly ends: KioskEnd[] = []
  private trap: Trap | undefined

  constructor(device: RigDevice, serve: ServeDevice, port: number) {
    this.device = device
    this.serve = serve
    this.transport = { kind: 'tcp', host: 'memory', port }
  }

  newEnd(): Transport {
    const end = new KioskEnd(this)
    this.ends.push(end)
    return end
  }

  turn(state: PlugState): Promise<void> {
    this.state = state
    if (state === 'UNPLUGGED') for (const end of this.ends) end.lose()
    return Promise.resolve()
  }

  /** The kiosk has died: nothing it sends arrives any more, and nothing reaches it. The next kiosk gets ends of its own. */
  sever(): void {
    for (const end of this.ends.splice(0)) end.die()
  }

  /** Calls `act` when the device has said `after` more bytes that count; the rest of what it says then goes the new way. */
  setTrap(counts: () => boolean, after: number, act: () => void): void {
    this.trap = { counts, after, act, said: 0 }
  }

  /** Cuts what the device says where a trap wants to act. */
  split(bytes: Uint8Array): readonly [before: Uint8Array, act?: () => void, after?: Uint8Array] {
    const { trap } = this
    if (trap?.counts() !== true) return [bytes]
    const left = trap.after - trap.said
    if (bytes.length < left) {
      trap.said += bytes.length
      return [bytes]
    }
    this.trap = undefined
    return [bytes.subarray(0, left), trap.act, bytes.subarray(left)]
  }

  close(): Promise<void> {
    this.sever()
    return Promise.resolve()
  }
}

class KioskEnd implements Transport {
  readonly name: string
  private readonly line: SimulatedLine
  private readonly hears = new TransportListeners()
  private connection: Connection | null = null
  private dead = false

  constructor(line: SimulatedLine) {
    this.line = line
    this.name = `simulated:${line.device}`
  }

  open(): Promise<Result<void, TransportError>> {
    if (this.connection !== null) throw new Error(`${this.name} is already open`)
    if (this.line.state === 'UNPLUGGED') return Promise.resolve(err({ code: 'NOT_FOUND', detail: `no ${this.name}` }))
    const connection = new Connection(
      this.line,
      (bytes) => {
        if (this.connection === connection) this.hears.bytes(bytes)
      },
      () => this.lose(),
    )
    this.connection = connection
    return Promise.resolve(ok())
  }

  write(bytes: Uint8Array): Promise<Result<void, TransportError>> {
    const { connection } = this
    if (this.dead) return Promise.resolve(ok())
    if (connection === null) return Promise.resolve(err({ code: 'NOT_OPEN', detail: `${this.name} is not open` }))
    const copy = Uint8Array.from(bytes)
    queueMicrotask(() => {
      if (this.line.state === 'PLUGGED') connection.listeners.bytes(copy)
    })
    return Promise.resolve(ok())
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.hears.onBytes(listener)
  }

  onGone(listener: (why: TransportError) => void): () => void {
    return this.hears.onGone(listener)
  }

  close(): Promise<void> {
    this.hangUp()
    return Promise.resolve()
  }

  lose(): void {
    if (this.connection === null) return
    this.hangUp()
    this.hears.gone({ code: 'LOST', detail: `${this.name} hung up` })
  }

  die(): void {
    this.dead = true
    this.hangUp()
  }

  private hangUp(): void {
    const { connection } = this
    this.connection = null
    connection?.end()
  }
}

/** One opening of a line, as the device's end of it. */
class Connection implements DeviceLine {
  readonly listeners = new DeviceLineListeners()
  private readonly line: SimulatedLine
  private readonly toKiosk: (bytes: Uint8Array) => void
  private readonly lose: () => void
  private readonly stop: () => void

  constructor(line: SimulatedLine, toKiosk: (bytes: Uint8Array) => void, lose: () => void) {
    this.line = line
    this.toKiosk = toKiosk
    this.lose = lose
    this.stop = line.serve(this)
  }

  send(bytes: Uint8Array): void {
    if (this.line.state !== 'PLUGGED') return
    const [before, act, after] = this.line.split(Uint8Array.from(bytes))
    queueMicrotask(() => {
      this.toKiosk(before)
      act?.()
      if (after !== undefined && after.length > 0 && this.line.state === 'PLUGGED') this.toKiosk(after)
    })
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.listeners.onBytes(listener)
  }

  onClosed(listener: () => void): () => void {
    return this.listeners.onClosed(listener)
  }

  hangUp(): void {
    queueMicrotask(this.lose)
  }

  end(): void {
    this.stop()
    this.listeners.closed()
  }
}
