import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Writes `text` to `path` for its owner only: after any power cut the file is the old one or the new one, whole. */
export function replaceDurably(path: string, text: string): void {
  const unborn = `${path}.new`
  rmSync(unborn, { force: true })
  const file = openSync(unborn, 'wx', 0o600)
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
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  syncFile(folder, 'r')
}

/** Waits until the bytes of a file (or the names of a folder) are on the disk. */
export function syncFile(path: string, mode: 'r' | 'r+' = 'r+'): void {
  const handle = openSync(path, mode)
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
