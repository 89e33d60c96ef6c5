import type { Clock } from '../../lib/clock.ts'
import { Lock as Mutex } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { DeviceReport } from '../report.ts'
import type { Transport } from '../transport/transport.ts'
import { ModbusDriver, type ModbusFault } from './driver.ts'
import { inputsRequest, pulseRequest, switchRequest, type RegisterMap } from './register-map.ts'
import { reportOf, statusOf, type Inputs, type IoBoardStatus } from './status.ts'
import { LAMPS, type Input, type IoWiring, type Lamp, type Lock, type Output } from './wiring.ts'

export type IoBoardError =
  | ModbusFault
  /** The site file names no channel for it. */
  | { readonly code: 'NOT_WIRED' }
  /** The board cannot release a lock by itself; held by software, it would stay open when the kiosk dies. */
  | { readonly code: 'NO_TIMED_PULSE' }

export interface IoBoardParts {
  readonly transport: Transport
  readonly map: RegisterMap
  /** As `checkWiring` passed it. */
  readonly wiring: IoWiring
  /** Where the board does not listen to its factory address, 1 to 255. */
  readonly address?: number
  /** Bits per second of the line; the factory setting when absent. */
  readonly baud?: number
  readonly clock: Clock
  readonly log: Log
}

/** Lamps, lock and contacts of the cabinet. One conversation at a time; verbs may be called concurrently. */
export class IoBoard {
  private readonly driver: ModbusDriver
  private readonly map: RegisterMap
  private readonly wiring: IoWiring
  private readonly log: Log
  private readonly mutex = new Mutex()
  /** Nobody knows what is lit: before the first word, and after a silence. */
  private unknown = true
  private readonly lit = new Set<Lamp>()
  private lastState: IoBoardStatus['state'] | undefined

  constructor(parts: IoBoardParts) {
    const { transport, map, wiring, clock, log } = parts
    this.driver = new ModbusDriver(transport, clock, parts.address ?? map.address, parts.baud ?? map.baud)
    this.map = map
    this.wiring = wiring
    this.log = log
  }

  /** Switches a lamp. After a silence all outputs are switched off first. At most about three seconds. */
  light(lamp: Lamp, on: boolean): Promise<Result<void, IoBoardError>> {
    const channel = this.wiring.outputs[lamp]
    if (channel === undefined) return Promise.resolve(err({ code: 'NOT_WIRED' }))
    return this.mutex.run(async () => {
      const cleared = await this.clear()
      if (!cleared.ok) return cleared
      const done = await this.ask(switchRequest(this.map, channel, on))
      if (!done.ok) return done
      if (on) this.lit.add(lamp)
      else this.lit.delete(lamp)
      return ok()
    })
  }

  /**
   * Opens the lock for a while; the board closes it by itself, whatever becomes of the kiosk.
   * @param ms wished milliseconds; the answer says what the board made of it
   */
  pulse(lock: Lock, ms: number): Promise<Result<{ readonly ms: number }, IoBoardError>> {
    const channel = this.wiring.outputs[lock]
    if (channel === undefined) return Promise.resolve(err({ code: 'NOT_WIRED' }))
    const pulse = pulseRequest(this.map, channel, ms)
    if (!pulse) return Promise.resolve(err({ code: 'NO_TIMED_PULSE' }))
    return this.mutex.run(async () => {
      const cleared = await this.clear()
      if (!cleared.ok) return cleared
      const done = await this.ask(pulse.request)
      if (!done.ok) return done
      this.log.info('io-board.pulse', { lock, ms: pulse.ms })
      return ok({ ms: pulse.ms })
    })
  }

  /** The contacts now, in the sense the site gave them. */
  inputs(): Promise<Result<Inputs, IoBoardError>> {
    return this.mutex.run(async () => {
      const cleared = await this.clear()
      return cleared.ok ? this.readInputs() : cleared
    })
  }

  /** How the board is; asks for its contacts, or says the state of a lamp again where it has none to ask for. */
  async status(): Promise<IoBoardStatus> {
    const read = await this.inputs()
    const status = read.ok ? statusOf(read.value) : broken(read.error)
    if (status.state !== this.lastState) this.log.info('io-board.state', { state: status.state })
    this.lastState = status.state
    return status
  }

  /** Ends early, with the last word known, when nobody waits any more. */
  async report(signal: AbortSignal): Promise<DeviceReport> {
    const gone = new Promise<IoBoardStatus>((resolve) => {
      signal.addEventListener('abort', () => resolve({ state: 'SILENT' }), { once: true })
    })
    return reportOf(signal.aborted ? { state: 'SILENT' } : await Promise.race([this.status(), gone]))
  }

  /** Switches everything off, as well as it goes, and releases the port. */
  close(): Promise<void> {
    return this.mutex.run(async () => {
      if (!this.unknown) {
        this.unknown = true
        const off = await this.clear()
        if (!off.ok) this.log.warn('io-board.lamps-left', { code: off.error.code })
      }
      this.unknown = true
      await this.driver.close()
    })
  }

  private async readInputs(): Promise<Result<Inputs, IoBoardError>> {
    const request = inputsRequest(this.map)
    const wired = Object.entries(this.wiring.inputs) as [Input, { channel: number; activeWhen: 'open' | 'closed' }][]
    if (!request) return this.prove()
    const read = await this.ask(request)
    if (!read.ok) return read
    return ok(
      Object.fromEntries(
        wired.map(([name, { channel, activeWhen }]) => {
          const closed = (read.value[channel - 1] ?? 0) !== 0
          return [name, closed === (activeWhen === 'closed')]
        }),
      ),
    )
  }

  /** A board without inputs proves that it lives by doing again what it does already: the first lamp stays as it is. */
  private async prove(): Promise<Result<Inputs, IoBoardError>> {
    const lamp = LAMPS.find((each) => this.wiring.outputs[each] !== undefined)
    const channel = lamp && this.wiring.outputs[lamp]
    if (lamp === undefined || channel === undefined) return ok({})
    const done = await this.ask(switchRequest(this.map, channel, this.lit.has(lamp)))
    return done.ok ? ok({}) : done
  }

  private async clear(): Promise<Result<void, IoBoardError>> {
    if (!this.unknown) return ok()
    for (const channel of Object.values(this.wiring.outputs as Readonly<Record<Output, number>>)) {
      const off = await this.ask(switchRequest(this.map, channel, false))
      if (!off.ok) return off
    }
    this.lit.clear()
    this.unknown = false
    return ok()
  }

  private async ask(request: Parameters<ModbusDriver['ask']>[0]): Promise<Result<readonly number[], IoBoardError>> {
    const answer = await this.driver.ask(request)
    if (!answer.ok && answer.error.code !== 'REFUSED') this.unknown = true
    return answer
  }
}

function broken(error: IoBoardError): IoBoardStatus {
  switch (error.code) {
    case 'PORT':
      return { state: 'UNPLUGGED', cause: error.cause }
    case 'REFUSED':
      return { state: 'REFUSED', detail: error.detail }
    case 'NO_ANSWER':
    case 'NOT_WIRED':
    case 'NO_TIMED_PULSE':
      return { state: 'SILENT' }
  }
}
