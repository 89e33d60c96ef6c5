import { open } from 'node:fs/promises'
import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { TransportError } from '../transport/transport.ts'
import type { WatchdogFault, WatchdogTimer } from './timer.ts'

/** The device file: the seam at which a test puts in a simulated one. Opening it starts the timer. */
export interface WatchdogFiles {
  open(path: string): Promise<WatchdogFile>
}

export interface WatchdogFile {
  write(bytes: Uint8Array): Promise<unknown>
  close(): Promise<void>
}

const systemFiles: WatchdogFiles = {
  async open(path) {
    const handle = await open(path, 'w')
    return { write: (bytes) => handle.write(bytes), close: () => handle.close() }
  },
}

const KICK = Uint8Array.of(0)
/** "Magic close": only after this byte does closing stop the timer. Source: kernel documentation, watchdog API. */
const MAGIC_CLOSE = Uint8Array.of(0x56)
const WRITE_MS = 2000

/**
 * The watchdog of the kernel (`/dev/watchdog`), hardware or softdog. Its period is set when its module is loaded: Node has
 * no ioctl. Where the module was loaded with `nowayout` even an orderly stop does not stop it.
 */
export function linuxWatchdog(path: string, clock: Clock, files: WatchdogFiles = systemFiles): WatchdogTimer {
  let file: WatchdogFile | undefined

  const write = async (bytes: Uint8Array): Promise<Result<void, WatchdogFault>> => {
    const open = file
    if (!open) return err({ code: 'PORT', cause: { code: 'NOT_OPEN', detail: `${path} is not open` } })
    const written = await withDeadline(clock, WRITE_MS, () => attempt(open.write(bytes)))
    if (!written.ok) return err({ code: 'NO_ANSWER' })
    return written.value === undefined ? ok() : err({ code: 'FAILED', detail: `${path}: ${written.value.message}` })
  }

  return {
    async start() {
      if (file) return ok()
      try {
        file = await files.open(path)
        return ok()
      } catch (cause) {
        return err({ code: 'PORT', cause: openError(path, cause as NodeJS.ErrnoException) })
      }
    },
    kick: () => write(KICK),
    async stop() {
      const open = file
      if (!open) return ok()
      const told = await write(MAGIC_CLOSE)
      // Closed without its magic byte it would start the computer anew in the middle of an orderly shutdown.
      if (!told.ok) return told
      file = undefined
      const failure = await attempt(open.close())
      return failure ? err({ code: 'FAILED', detail: `${path}: ${failure.message}` }) : ok()
    },
  }
}

function attempt(work: Promise<unknown>): Promise<Error | undefined> {
  return work.then(
    () => undefined,
    (cause: unknown) => (cause instanceof Error ? cause : new Error(String(cause))),
  )
}

const CODES: Readonly<Record<string, TransportError['code'] | undefined>> = {
  ENOENT: 'NOT_FOUND',
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EBUSY: 'IN_USE',
}

function openError(path: string, error: NodeJS.ErrnoException): TransportError {
  return { code: CODES[error.code ?? ''] ?? 'REFUSED', detail: `${path}: ${error.message}` }
}
