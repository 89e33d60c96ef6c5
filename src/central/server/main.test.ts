import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'

const MAIN = join(import.meta.dirname, 'main.ts')

describe('npm run central', () => {
  it('prints one line with its address and a code, works by the day it was given, and ends when told to', async () => {
    const child = spawn(process.execPath, [MAIN, '--port', '0', '--seed', 'demo', '--today', '2026-11-23'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { url, enrolmentCode, adminToken } = JSON.parse(line) as Record<string, string>
    expect(enrolmentCode).toMatch(/^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}$/)
    const health = (await (await fetch(`${url}/v1/health`)).json()) as { today: string }
    expect(health.today).toBe('2026-11-23')
    const ledger = await fetch(`${url}/admin/ledger`, { headers: { authorization: `Bearer ${adminToken}` } })
    expect(((await ledger.json()) as { endorsements: unknown[] }).endorsements).toHaveLength(1)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  it('does not start with a province it does not know', async () => {
    const child = spawn(process.execPath, [MAIN, '--province', 'atlantis'], { stdio: 'ignore' })
    expect(await once(child, 'exit')).toEqual([1, null])
  })
})
