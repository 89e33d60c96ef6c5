import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Writes `path` so that after a power cut it holds the old text or the new one, and never a part of either. */
export function writeDurably(path: string, text: string, mode = 0o600): void {
  const unborn = `${path}.new`
  const file = openSync(unborn, 'w', mode)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(unborn, path)
  syncFolder(dirname(path))
}

/** Makes a new name survive a power cut. Windows has no such call: NTFS journals its names. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
