import { readFileSync } from 'node:fs'
import { failed, type VerbAnswer } from '../drivers/cli-verb.ts'
import type { DeviceRole } from '../drivers/report.ts'
import { assetPath } from '../lib/assets.ts'
import { systemClock } from '../lib/clock.ts'
import type { Devices } from './devices.ts'
import { selfTestsOf } from './self-tests.ts'
import type { Site } from './site/schema.ts'

/** Who stands at the machine. */
export interface Technician {
  say(words: string): void
  ask(question: string, signal: AbortSignal): Promise<boolean>
}

interface TestOrder {
  readonly role: DeviceRole
  /** One test by its id; all when absent. */
  readonly only: string | undefined
  readonly signal: AbortSignal
  readonly technician: Technician
}

/** Runs the self-tests of a role one after the other. `ok` when every one of them passed; the results are in the answer. */
export async function runSelfTests(
  devices: Devices,
  site: Pick<Site, 'devices'>,
  { role, only, signal, technician }: TestOrder,
): Promise<VerbAnswer> {
  const all = selfTestsOf(devices, site, systemClock, role)
  if (all.length === 0) return failed('NO_TESTS', `there is no device for ${role}, or it has no self-tests`)
  const tests = all.filter(({ id }) => only === undefined || id === only)
  if (tests.length === 0) return failed('USAGE', `${role} has the tests ${all.map(({ id }) => id).join(', ')}`)
  const words = texts()
  const results: Readonly<Record<string, unknown>>[] = []
  for (const test of tests) {
    technician.say(words(`selfTest.${role}.${test.id}`))
    const result = await test.run({
      signal,
      say: (key) => technician.say(words(`selfTest.say.${key}`)),
      ask: (key) => technician.ask(words(`selfTest.ask.${key}`), signal),
    })
    results.push(
      result.ok
        ? { id: test.id, passed: true, measured: result.value.measured }
        : { id: test.id, passed: false, key: result.error.key, detail: result.error.detail },
    )
  }
  const failures = results.filter(({ passed }) => passed === false)
  if (failures.length === 0) return { ok: true, role, tests: results }
  const names = failures.map(({ id, detail }) => `${String(id)} (${String(detail)})`)
  return { ...failed('SELF_TEST_FAILED', `not passed: ${names.join(', ')}`), role, tests: results }
}

/** Words of the text file; a key that has none is its own word. */
function texts(): (key: string) => string {
  const whole: unknown = JSON.parse(readFileSync(assetPath('texts', 'zh-CN.json'), 'utf8'))
  return (key) => {
    const found = key
      .split('.')
      .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], whole)
    return typeof found === 'string' ? found : key
  }
}
