import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Where the system says what is mounted and what can be pulled out; tests put a folder in its place. */
export interface Mounts {
  /** The text of /proc/mounts. */
  mounts(): string
  /** Whether the disk (`sdb`, `mmcblk0`) is a removable one. */
  removable(disk: string): boolean
}

export const systemMounts: Mounts = {
  mounts: () => (existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8') : ''),
  removable: (disk) => {
    const file = `/sys/block/${disk}/removable`
    return existsSync(file) && readFileSync(file, 'utf8').trim() === '1'
  },
}

/** The folder of the first removable drive that is mounted for writing; null when there is none. */
export function findUsbDrive(from: Mounts): string | null {
  for (const line of from.mounts().split('\n')) {
    const [device = '', folder = '', , options = ''] = line.split(' ')
    if (!device.startsWith('/dev/') || options.split(',').includes('ro')) continue
    const partition = basename(device)
    const disk = /^(mmcblk\d+|nvme\d+n\d+)p\d+$/.exec(partition)?.[1] ?? partition.replace(/\d+$/, '')
    // /proc/mounts writes a blank as \040.
    if (from.removable(disk))
      return folder.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
  }
  return null
}
