import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyLockdown, RECORD_PATH, revertLockdown } from './apply.ts'
import { dropInsFor, WAYLAND_DROP_IN } from './drop-ins.ts'

const sources = join(import.meta.dirname, '../../../packaging/linux')

/** Everything in a tree: kinds, rights and bytes. */
function picture(folder: string, under = ''): readonly string[] {
  return readdirSync(join(folder, under))
    .sort()
    .flatMap((name) => {
      const path = join(under, name)
      const facts = lstatSync(join(folder, path))
      if (facts.isDirectory()) return [`${path}/`, ...picture(folder, path)]
      if (facts.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(folder, path))}`]
      return [`${path} ${(facts.mode & 0o777).toString(8)} ${readFileSync(join(folder, path), 'utf8')}`]
    })
}

const DROP_INS = dropInsFor('x11')

describe('locking a computer down and taking it back', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lockdown-'))
    mkdirSync(join(root, 'etc/sysctl.d'), { recursive: true })
    writeFileSync(join(root, 'etc/sysctl.d/10-site.conf'), 'kernel.panic = 10\n')
    // Somebody's own files in two of our places.
    writeFileSync(join(root, 'etc/sysctl.d/90-kiosk.conf'), 'kernel.sysrq = 176\n')
    chmodSync(join(root, 'etc/sysctl.d/90-kiosk.conf'), 0o640)
    mkdirSync(join(root, 'etc/systemd/system'), { recursive: true })
    symlinkSync('/lib/systemd/system/reboot.target', join(root, 'etc/systemd/system/ctrl-alt-del.target'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const at = (path: string): string => join(root, path)

  it('puts every drop-in into its place, with its rights', async () => {
    const applied = await applyLockdown({ root, sources })
    expect(applied).toMatchObject({ ok: true, value: { unchanged: [] } })
    for (const dropIn of DROP_INS) {
      const facts = lstatSync(at(dropIn.path))
      if (dropIn.kind === 'link') expect(readlinkSync(at(dropIn.path))).toBe(dropIn.target)
      else {
        expect(readFileSync(at(dropIn.path))).toEqual(readFileSync(join(sources, dropIn.source)))
        expect([dropIn.path, facts.mode & 0o777]).toEqual([dropIn.path, dropIn.mode])
      }
    }
    expect(lstatSync(at(RECORD_PATH)).mode & 0o777).toBe(0o600)
  })

  it('restores the tree exactly: bytes, rights, links, and no folder left behind', async () => {
    const first = picture(root)
    expect(await applyLockdown({ root, sources })).toMatchObject({ ok: true })
    expect(picture(root)).not.toEqual(first)
    expect(await revertLockdown(root)).toMatchObject({ ok: true, value: { changedSince: [] } })
    expect(picture(root)).toEqual(first)
  })

  it('applied twice, it still knows what was there before the first time', async () => {
    const first = picture(root)
    expect(await applyLockdown({ root, sources })).toMatchObject({ ok: true })
    writeFileSync(at('/etc/modprobe.d/90-kiosk.conf'), 'tampered')
    const again = await applyLockdown({ root, sources })
    expect(again).toMatchObject({ ok: true, value: { written: ['/etc/modprobe.d/90-kiosk.conf'] } })
    expect(await revertLockdown(root)).toMatchObject({ ok: true })
    expect(picture(root)).toEqual(first)
  })

  it('leaves a file alone that somebody changed since, says so, and takes it back when forced', async () => {
    const first = picture(root)
    expect(await applyLockdown({ root, sources })).toMatchObject({ ok: true })
    writeFileSync(at('/etc/sysctl.d/90-kiosk.conf'), 'mine')
    expect(await revertLockdown(root)).toMatchObject({
      ok: true,
      value: { changedSince: ['/etc/sysctl.d/90-kiosk.conf'] },
    })
    expect(readFileSync(at('/etc/sysctl.d/90-kiosk.conf'), 'utf8')).toBe('mine')
    expect(await revertLockdown(root, true)).toMatchObject({ ok: true, value: { changedSince: [] } })
    expect(picture(root)).toEqual(first)
  })

  it('can be reverted after a power cut at any place of the writing', async () => {
    const first = picture(root)
    for (let written = 0; written <= DROP_INS.length; written++) {
      expect(await applyLockdown({ root, sources })).toMatchObject({ ok: true })
      const originals = JSON.parse(readFileSync(at(RECORD_PATH), 'utf8')) as {
        entries: { path: string; before: { kind: string; target?: string; mode?: number; base64?: string } }[]
      }
      // As if only the first `written` had been put into place.
      for (const { path, before } of originals.entries.slice(written)) {
        rmSync(at(path), { force: true })
        if (before.kind === 'link') symlinkSync(before.target!, at(path))
        if (before.kind === 'file') {
          writeFileSync(at(path), Buffer.from(before.base64!, 'base64'))
          chmodSync(at(path), before.mode!)
        }
      }
      expect(await revertLockdown(root)).toMatchObject({ ok: true, value: { changedSince: [] } })
      expect(picture(root)).toEqual(first)
    }
  })

  it('touches nothing when a place is taken by a folder, a source is missing or its record is broken', async () => {
    mkdirSync(at('/etc/udev/rules.d/70-kiosk-devices.rules'), { recursive: true })
    const first = picture(root)
    expect(await applyLockdown({ root, sources })).toMatchObject({ error: { code: 'IN_THE_WAY' } })
    expect(picture(root)).toEqual(first)
    expect(await applyLockdown({ root, sources: at('/nowhere') })).toMatchObject({ error: { code: 'SOURCE_MISSING' } })
    expect(picture(root)).toEqual(first)
    mkdirSync(dirname(at(RECORD_PATH)), { recursive: true })
    writeFileSync(at(RECORD_PATH), '{"version":1')
    expect(await applyLockdown({ root, sources })).toMatchObject({ error: { code: 'RECORD_BROKEN' } })
    expect(await revertLockdown(root)).toMatchObject({ error: { code: 'RECORD_BROKEN' } })
  })

  it('is for X or for Wayland, and goes from one to the other by way of a revert', async () => {
    const first = picture(root)
    expect(await applyLockdown({ root, sources })).toMatchObject({ ok: true })
    expect(await applyLockdown({ root, sources, session: 'wayland' })).toEqual({
      ok: false,
      error: { code: 'OTHER_SESSION', path: '/etc/X11/xorg.conf.d/90-kiosk.conf' },
    })
    expect(await revertLockdown(root)).toMatchObject({ ok: true })
    expect(await applyLockdown({ root, sources, session: 'wayland' })).toMatchObject({ ok: true })
    expect(readFileSync(at(WAYLAND_DROP_IN), 'utf8')).toContain('/usr/bin/cage')
    expect(await revertLockdown(root)).toMatchObject({ ok: true })
    expect(picture(root)).toEqual(first)
  })

  it('has nothing to revert where nothing was applied', async () => {
    expect(await revertLockdown(root)).toEqual({ ok: false, error: { code: 'NOT_APPLIED' } })
  })
})
