import { createHash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Encrypter } from 'age-encryption'
import { pack } from 'tar-stream'
import { err, ok, type Result } from '../../lib/result.ts'
import { VERSION } from '../../lib/version.ts'
import { SCHEMA_VERSION } from '../../store/migrations/all.ts'
import { redactForExport } from '../../lib/redact.ts'
import { mustRead } from '../../store/must.ts'
import type { Rooms } from './rooms.ts'
import { maskedSite } from './site-draft.ts'
import { findUsbDrive, systemMounts, type Mounts } from './usb-drive.ts'

/** Newest log files of one bundle, and bytes of each that are taken from its end. */
const MOST_LOGS = 14
const MOST_BYTES = 20 * 1024 * 1024

export type BundleProblem = 'noRecipient' | 'noDrive' | 'notWritten'

export interface WrittenBundle {
  readonly file: string
  readonly bytes: number
  /** Of the encrypted file, 64 hex digits. */
  readonly sha256: string
}

type Sources = Pick<Rooms, 'store' | 'site' | 'sitePath' | 'dataDir' | 'clock' | 'device'>

/**
 * Writes logs (masked line by line once more), the last readiness report, the head of the audit chain, versions and the
 * site file without its secrets to the first USB drive, encrypted with age for the recipient of the site file.
 */
export async function exportBundle(
  sources: Sources,
  mounts: Mounts = systemMounts,
): Promise<Result<WrittenBundle, BundleProblem>> {
  const { logRecipient } = sources.site.technician
  if (logRecipient === undefined) return err('noRecipient')
  const drive = findUsbDrive(mounts)
  if (drive === null) return err('noDrive')
  const sealed = await encrypt(await archive(filesOf(sources)), logRecipient)
  const stamp = new Date(sources.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const name = `kiosk-${sources.site.kiosk.kioskId}-${stamp}.tar.gz.age`
  try {
    const file = openSync(join(drive, name), 'w', 0o600)
    try {
      writeSync(file, sealed)
      // The drive is pulled out as soon as the screen says so.
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return err('notWritten')
  }
  return ok({ file: name, bytes: sealed.length, sha256: createHash('sha256').update(sealed).digest('hex') })
}

interface BundleFile {
  readonly name: string
  readonly text: string
}

function filesOf({ store, sitePath, dataDir, clock, device, site }: Sources): readonly BundleFile[] {
  const { report, head, depth } = mustRead(store, (view) => ({
    report: view.readiness.last() ?? null,
    head: view.audit.head(),
    depth: view.outbox.depth(),
  }))
  const about = {
    at: new Date(clock.now()).toISOString(),
    kioskId: site.kiosk.kioskId,
    keyId: device.keyId,
    version: VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    schema: SCHEMA_VERSION,
    audit: head,
    outbox: depth,
  }
  return [
    { name: 'about.json', text: JSON.stringify(about, null, 2) },
    { name: 'readiness.json', text: JSON.stringify(report, null, 2) },
    { name: 'site.json', text: maskedSite(readFileSync(sitePath, 'utf8')) },
    ...logsIn(join(dataDir, 'logs')),
  ]
}

function logsIn(folder: string): readonly BundleFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .slice(-MOST_LOGS)
    .map((name) => ({ name: `logs/${name}`, text: masked(join(folder, name)) }))
}

function masked(path: string): string {
  const bytes = readFileSync(path)
  const end = bytes.subarray(Math.max(0, statSync(path).size - MOST_BYTES)).toString('utf8')
  return end.split('\n').map(redactForExport).join('\n')
}

async function archive(files: readonly BundleFile[]): Promise<Buffer> {
  const tar = pack()
  const chunks: Buffer[] = []
  const read = (async () => {
    for await (const chunk of tar) chunks.push(chunk as Buffer)
  })()
  for (const { name, text } of files) tar.entry({ name, mode: 0o600 }, text)
  tar.finalize()
  await read
  return promisify(gzip)(Buffer.concat(chunks))
}

async function encrypt(bytes: Buffer, recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt(bytes)
}
