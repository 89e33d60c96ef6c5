import type { RigDevice, PlugState } from '../ipc/rig.ts'
import type { DeviceLine, ServeDevice } from '../drivers/transport/device-line.ts'
import { hostOnPty, hostOnTcp, type HostedSimulator } from '../drivers/transport/host.ts'
import { expectOk } from '../lib/result.ts'

/** Where a simulated device is plugged in. */
export interface Socket {
  /** What the site file calls its line. */
  readonly transport: Readonly<Record<string, unknown>>
  readonly state: PlugState
  /** `OFF`: the cable stays, the device is without power, takes bytes and says nothing. `UNPLUGGED`: the line is gone. */
  turn(state: PlugState): Promise<void>
  close(): Promise<void>
}

/** Makes the socket of a device; tests give lines of their own. */
export type MakeSocket = (device: RigDevice, serve: ServeDevice) => Promise<Socket>

/** Bits per second of every simulated line: what makers of ID card readers deliver. */
export const LINE_BAUD = 115_200

/** Ptys where the system has them and `serialport` can open them (Linux); a loopback port elsewhere. */
export function socketsIn(folder: string): MakeSocket {
  return async (device, serve) => {
    const power = new PowerSwitch()
    const served = power.behind(serve)
    let port = 0
    const plugIn = async (): Promise<HostedSimulator> => {
      if (process.platform === 'linux') return expectOk(await hostOnPty(served, `${folder}/${device}`), 'no pty')
      const hosted = expectOk(await hostOnTcp(served, { host: '127.0.0.1', port }), 'no port')
      port = Number(hosted.address.split(':')[1])
      return hosted
    }
    const hosted = await plugIn()
    const transport =
      process.platform === 'linux'
        ? { kind: 'serial', path: hosted.address, baud: LINE_BAUD }
        : { kind: 'tcp', host: '127.0.0.1', port }
    return new PluggedSocket(transport, hosted, plugIn, power)
  }
}

/** A socket whose state changes one after the other, whatever the hand at the dock presses meanwhile. */
class PluggedSocket implements Socket {
  readonly transport: Readonly<Record<string, unknown>>
  private readonly plugIn: () => Promise<HostedSimulator>
  private readonly power: PowerSwitch
  private hosted: HostedSimulator | null
  private wanted: PlugState = 'PLUGGED'
  private turning: Promise<void> = Promise.resolve()

  constructor(
    transport: Readonly<Record<string, unknown>>,
    hosted: HostedSimulator,
    plugIn: () => Promise<HostedSimulator>,
    power: PowerSwitch,
  ) {
    this.transport = transport
    this.hosted = hosted
    this.plugIn = plugIn
    this.power = power
  }

  get state(): PlugState {
    return this.wanted
  }

  turn(state: PlugState): Promise<void> {
    this.wanted = state
    this.turning = this.turning.then(async () => {
      this.power.on = state !== 'OFF'
      if (state === 'UNPLUGGED') await this.pull()
      else this.hosted ??= await this.plugIn()
    })
    return this.turning
  }

  async close(): Promise<void> {
    await this.turning
    await this.pull()
  }

  private async pull(): Promise<void> {
    const { hosted } = this
    this.hosted = null
    await hosted?.close()
  }
}

/** Stands between a simulator and its line: without power nothing is heard and nothing is said. */
class PowerSwitch {
  on = true

  behind(serve: ServeDevice): ServeDevice {
    return (line) => serve(this.powered(line))
  }

  private powered(line: DeviceLine): DeviceLine {
    return {
      send: (bytes) => {
        if (this.on) line.send(bytes)
      },
      onBytes: (listener) =>
        line.onBytes((bytes) => {
          if (this.on) listener(bytes)
        }),
      onClosed: (listener) => line.onClosed(listener),
      hangUp: () => line.hangUp(),
    }
  }
}
