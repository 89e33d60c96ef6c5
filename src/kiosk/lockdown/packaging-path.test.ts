import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropInsFor } from './drop-ins.ts'
import { packagingPath } from './packaging-path.ts'

describe('the files of packaging', () => {
  let app: string
  beforeAll(() => {
    app = mkdtempSync(join(tmpdir(), 'installed-'))
    mkdirSync(join(app, 'resources', 'app.asar', 'dist'), { recursive: true })
    mkdirSync(join(app, 'resources', 'packaging', 'linux'), { recursive: true })
    writeFileSync(join(app, 'resources', 'packaging', 'linux', 'kiosk-session'), '')
  })
  afterAll(() => rmSync(app, { recursive: true }))

  it('are found from the sources, every drop-in of them', () => {
    for (const dropIn of [...dropInsFor('x11'), ...dropInsFor('wayland')])
      if (dropIn.kind === 'file') expect(packagingPath(join('linux', dropIn.source))).toMatch(/packaging\/linux\//)
    expect(packagingPath('windows/check-lockdown.ps1')).not.toBeNull()
  })

  it('are found beside the archive of an installed app', () => {
    const found = packagingPath('linux/kiosk-session', join(app, 'resources', 'app.asar', 'dist'))
    expect(found).toBe(join(app, 'resources', 'packaging', 'linux', 'kiosk-session'))
  })

  it('are not made up: another system’s are not in an installed app', () => {
    expect(packagingPath('windows/check-lockdown.ps1', join(app, 'resources', 'app.asar', 'dist'))).toBeNull()
  })
})
