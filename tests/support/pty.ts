import { openPty, type Pty } from '../../src/drivers/transport/pty.ts'
import { hostOnPty, type HostedSimulator } from '../../src/drivers/transport/host.ts'
import type { ServeDevice } from '../../src/drivers/transport/device-line.ts'
import { expectOk } from '../../src/lib/result.ts'
import { onTestFinished } from 'vitest'

/** A bare pty for one test: the test writes and reads the device's end by hand. Hung up when the test ends. */
export async function testPty(): Promise<Pty> {
  const pty = await openPty()
  onTestFinished(() => pty.line.hangUp())
  return pty
}

/** A simulator on a pty for one test; `address` is the path to open. Closed when the test ends. */
export async function simulatorOnPty(serve: ServeDevice): Promise<HostedSimulator> {
  const hosted = expectOk(await hostOnPty(serve), 'a pty for the simulator')
  onTestFinished(() => hosted.close())
  return hosted
}
