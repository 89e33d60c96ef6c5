import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** An open character device; errors carry the code of the system (`EAGAIN`, `ENODEV`, `EIO`). */
export interface LpFile {
  /** Takes some of the bytes; returns how many. */
  write(bytes: Uint8Array): Promise<number>
  /** Fills the beginning of `into`; returns how many bytes came, 0 when the printer sent an empty packet. */
  read(into: Uint8Array): Promise<number>
  close(): Promise<void>
}

/** The seam for tests: who opens the device file. */
export type OpenLpFile = (path: string) => Promise<LpFile>

/** Not blocking, and never becoming our controlling terminal where the path is a tty after all. */
const FLAGS = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY

export const openLpFile: OpenLpFile = async (path) => {
  const handle = await open(path, FLAGS)
  return {
    write: async (bytes) => (await handle.write(bytes)).bytesWritten,
    read: async (into) => (await handle.read(into, 0, into.length, null)).bytesRead,
    close: () => handle.close(),
  }
}
