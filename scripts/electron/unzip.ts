import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { open, type Entry, type ZipFile } from 'yauzl'

/**
 * Unpacks `zipPath` into `target`, keeping file modes. `place` names where an entry goes, relative to `target`, or
 * null to leave it out.
 * @throws on a damaged archive and on an entry that would land outside `target`.
 */
export async function unzip(zipPath: string, target: string, place: (entry: string) => string | null): Promise<void> {
  const zip = await openZip(zipPath)
  try {
    for (let entry = await nextEntry(zip); entry !== null; entry = await nextEntry(zip)) {
      const relative = entry.fileName.endsWith('/') ? null : place(entry.fileName)
      if (relative !== null) await writeEntry(zip, entry, inside(target, relative))
    }
  } finally {
    zip.close()
  }
}

function inside(target: string, relative: string): string {
  const path = resolve(target, relative)
  if (!path.startsWith(resolve(target) + sep)) throw new Error(`archive entry leaves its folder: ${relative}`)
  return path
}

async function writeEntry(zip: ZipFile, entry: Entry, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const mode = (entry.externalFileAttributes >>> 16) & 0o777
  await pipeline(await readEntry(zip, entry), createWriteStream(path, { mode: mode === 0 ? 0o644 : mode }))
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((done, fail) => {
    open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error === null) done(zip)
      else fail(error)
    })
  })
}

function nextEntry(zip: ZipFile): Promise<Entry | null> {
  return new Promise((done, fail) => {
    const settle = (act: () => void) => () => {
      zip.removeAllListeners()
      act()
    }
    zip.once('entry', (entry: Entry) => {
      settle(() => {
        done(entry)
      })()
    })
    zip.once(
      'end',
      settle(() => {
        done(null)
      }),
    )
    zip.once('error', (error: Error) => {
      settle(() => {
        fail(error)
      })()
    })
    zip.readEntry()
  })
}

function readEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((done, fail) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) done(stream)
      else fail(error)
    })
  })
}
