import { bad, good, unseen, type Found, type Place, type Point } from './point.ts'
import type { FileFacts, SystemView } from './system-view.ts'

/** Where the kiosk's memory lies, and who can read it when the box is gone. */
export const dataPoints: readonly Point[] = [
  {
    id: 'data-folder',
    what: 'others can look into the data folder',
    wanted: 'mode 0700, of the kiosk’s user',
    mend: 'chown kiosk: DATA && chmod 0700 DATA',
    revert: '',
    look: (view, place) => privateFile(view, place, place.dataDir, 0o077),
  },
  {
    id: 'device-key',
    what: 'others can read the key of this kiosk',
    wanted: 'mode 0600, of the kiosk’s user',
    mend: 'chown kiosk: DATA/device.key && chmod 0600 DATA/device.key; a key that others could read is revoked at the centre',
    revert: '',
    look: (view, place) => privateFile(view, place, `${place.dataDir}/device.key`, 0o177),
  },
  {
    id: 'site-file',
    what: 'others can read or change the site file',
    wanted: 'no rights for others',
    mend: 'chmod o-rwx SITE',
    revert: '',
    look: async (view, { sitePath }) => {
      const facts = await view.facts(sitePath)
      if (facts === null) return bad('not there')
      return (facts.mode & 0o007) === 0 && (facts.mode & 0o020) === 0 ? good(octal(facts)) : bad(octal(facts))
    },
  },
  {
    id: 'swap',
    what: 'memory is written to a swap disk in the clear',
    wanted: 'no swap, in memory (zram), or encrypted',
    mend: 'swapoff --all; remove swap from /etc/fstab',
    revert: 'swapon --all',
    look: swap,
  },
  {
    id: 'disk-encryption',
    what: 'a stolen disk can be read',
    wanted: 'the data folder lies on dm-crypt (LUKS)',
    mend: 'install anew on an encrypted disk; systemd-cryptenroll --tpm2-device=auto opens it without a person',
    revert: '',
    look: async (view, { dataDir }) => {
      const device = await deviceOf(view, dataDir)
      if (device === null) return unseen('the device of the data folder is not known')
      return (await isEncrypted(view, device)) ? good(`${device} on dm-crypt`) : bad(`${device} is not encrypted`)
    },
  },
]

const octal = ({ mode }: FileFacts): string => mode.toString(8).padStart(4, '0')

async function privateFile(view: SystemView, { user }: Place, path: string, forbidden: number): Promise<Found> {
  const facts = await view.facts(path)
  if (facts === null) return unseen('not there, or not to be seen')
  const line = ((await view.read('/etc/passwd')) ?? '').split('\n').find((one) => one.startsWith(`${user}:`))
  const uid = Number(line?.split(':')[2] ?? Number.NaN)
  const found = `${octal(facts)}, uid ${facts.uid}`
  return (facts.mode & forbidden) === 0 && facts.uid === uid ? good(found) : bad(found)
}

async function swap(view: SystemView): Promise<Found> {
  const text = await view.read('/proc/swaps')
  if (text === null) return unseen('/proc/swaps cannot be read')
  const devices = text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [path = ''] = line.split(/\s+/)
      return path === '' ? [] : [path]
    })
  const open: string[] = []
  for (const path of devices) {
    const name = path.split('/').at(-1) ?? ''
    const number = (await view.read(`/sys/class/block/${name}/dev`))?.trim()
    if (name.startsWith('zram') || (number !== undefined && (await isEncrypted(view, number)))) continue
    open.push(path)
  }
  if (open.length > 0) return bad(open.join(', '))
  return good(devices.length === 0 ? 'none' : 'none in the clear')
}

/** `MAJOR:MINOR` of the file system that holds `path`: of the mounts above it the longest, and of those the last. */
async function deviceOf(view: SystemView, path: string): Promise<string | null> {
  let best: { device: string; point: string } | null = null
  for (const line of ((await view.read('/proc/self/mountinfo')) ?? '').split('\n')) {
    const [, , device, , point] = line.split(' ')
    if (device === undefined || point === undefined) continue
    const holds = point === '/' || path === point || path.startsWith(`${point}/`)
    if (holds && (best === null || point.length >= best.point.length)) best = { device, point }
  }
  return best?.device ?? null
}

/** Whether `MAJOR:MINOR`, or everything it is made of (LVM, RAID), is dm-crypt. */
async function isEncrypted(view: SystemView, device: string): Promise<boolean> {
  const place = `/sys/dev/block/${device}`
  if ((await view.read(`${place}/dm/uuid`))?.startsWith('CRYPT-') === true) return true
  const slaves = await view.list(`${place}/slaves`)
  if (slaves.length === 0) return false
  for (const slave of slaves) {
    const number = (await view.read(`${place}/slaves/${slave}/dev`))?.trim()
    if (number === undefined || !(await isEncrypted(view, number))) return false
  }
  return true
}
