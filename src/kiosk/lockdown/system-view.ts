import { execFile } from 'node:child_process'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

export interface FileFacts {
  /** Permission bits, such as 0o600. */
  readonly mode: number
  readonly uid: number
  /** Where a symbolic link points, as it is written; null for everything else. */
  readonly link: string | null
}

/** What can be seen of the computer. Tests put a made-up one here; nothing in it changes anything. */
export interface SystemView {
  readonly platform: NodeJS.Platform
  /** The text of a file; null when it is not there or may not be read. */
  read(path: string): Promise<string | null>
  facts(path: string): Promise<FileFacts | null>
  /** Names in a folder, sorted; empty when there is none. */
  list(path: string): Promise<readonly string[]>
  /** What a command prints when it ends well; null when it is missing, fails or takes longer than five seconds. */
  run(command: string, args: readonly string[]): Promise<string | null>
}

const COMMAND_MS = 5_000

/** The computer itself, or with `root` a tree of its files somewhere else, where commands are not run. */
export function systemView(root = '/'): SystemView {
  const at = (path: string): string => join(root, path)
  return {
    platform: process.platform,
    read: (path) => readFile(at(path), 'utf8').catch(() => null),
    facts: async (path) => {
      const found = await lstat(at(path)).catch(() => null)
      if (found === null) return null
      const link = found.isSymbolicLink() ? await readlink(at(path)) : null
      return { mode: found.mode & 0o7777, uid: found.uid, link }
    },
    list: async (path) => (await readdir(at(path)).catch(() => [])).sort(),
    run: (command, args) =>
      root === '/'
        ? new Promise((resolve) => {
            execFile(command, [...args], { timeout: COMMAND_MS, killSignal: 'SIGKILL' }, (error, stdout) => {
              resolve(error === null ? stdout : null)
            })
          })
        : Promise.resolve(null),
  }
}
