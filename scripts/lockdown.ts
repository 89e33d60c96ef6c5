import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { applyLockdown, revertLockdown } from '../src/kiosk/lockdown/apply.ts'
import { checkLockdown, DEFAULT_PLACE } from '../src/kiosk/lockdown/check.ts'
import { RELOADS, SESSIONS } from '../src/kiosk/lockdown/drop-ins.ts'
import { packagingPath } from '../src/kiosk/lockdown/packaging-path.ts'
import { systemView } from '../src/kiosk/lockdown/system-view.ts'

/**
 * `npm run lockdown -- --check | --apply | --revert [--force] [--session x11|wayland] [--root DIR] [--data DIR]
 * [--site FILE] [--user NAME]`
 *
 * Prints one JSON object. `--check` changes nothing and exits 0 when every point is good, 1 otherwise. `--apply` writes
 * drop-in files of our own name only and records what was there; `--revert` restores exactly that. With `--root` a tree
 * of files stands for the computer, and no command is run.
 */
const { values } = parseArgs({
  options: {
    check: { type: 'boolean' },
    apply: { type: 'boolean' },
    revert: { type: 'boolean' },
    force: { type: 'boolean' },
    session: { type: 'string', default: 'x11' },
    root: { type: 'string', default: '/' },
    data: { type: 'string', default: DEFAULT_PLACE.dataDir },
    site: { type: 'string', default: DEFAULT_PLACE.sitePath },
    user: { type: 'string', default: DEFAULT_PLACE.user },
  },
})

async function main(): Promise<{ readonly ok: boolean }> {
  const { root } = values
  const session = SESSIONS.find((one) => one === values.session)
  switch (true) {
    case [values.check, values.apply, values.revert].filter(Boolean).length !== 1:
      return { ok: false, ...{ code: 'USAGE', detail: 'one of --check, --apply, --revert' } }
    case session === undefined:
      return { ok: false, ...{ code: 'USAGE', detail: `--session is ${SESSIONS.join(' or ')}` } }
    case values.check: {
      const place = { ...DEFAULT_PLACE, dataDir: values.data, sitePath: values.site, user: values.user }
      return checkLockdown(systemView(root), place)
    }
    case process.platform !== 'linux':
      return { ok: false, ...{ code: 'NOT_LINUX', detail: 'packaging/windows says what to do on Windows' } }
    case values.apply: {
      const applied = await applyLockdown({ root, sources: packagingPath('linux') ?? '', session })
      return applied.ok ? { ok: true, ...applied.value, ...reload(root) } : { ok: false, ...applied.error }
    }
    default: {
      const reverted = await revertLockdown(root, values.force === true)
      if (!reverted.ok) return { ok: false, ...reverted.error }
      return { ok: reverted.value.changedSince.length === 0, ...reverted.value, ...reload(root) }
    }
  }
}

/** Makes the changes known to the system; what did not work is told, since a restart of the computer does the same. */
function reload(root: string): { readonly afterwards: readonly string[] } {
  const failed = RELOADS.filter(([command, ...args]) => {
    if (root !== '/') return true
    try {
      execFileSync(command, args, { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
  return { afterwards: [...failed.map((command) => command.join(' ')), 'restart the computer'] }
}

const answer = await main()
console.log(JSON.stringify(answer, null, 2))
process.exitCode = answer.ok ? 0 : 1
