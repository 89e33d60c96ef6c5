import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AuditTable } from './audit.ts'
import type { ChainVerdict } from './audit-chain.ts'
import { asStoreFault, describeStoreError, type StoreError } from './faults.ts'
import { judgeIdentity } from './identity.ts'
import { keeperOf } from './key.ts'
import { SCHEMA_VERSION } from './migrations/all.ts'
import { STORE_FILE } from './store.ts'
import { changeKey, openToLook } from './unlock.ts'
import { silentLog } from '../lib/log.ts'
import { err, ok, type Result } from '../lib/result.ts'

const USAGE = 'npm run audit -- verify [--data DIR], npm run store -- rotate-key [--data DIR]'

/**
 * `verify` judges the audit chain, `rotate-key` gives the store a fresh key while the kiosk is stopped. One JSON object on
 * standard output; exit 0 when the chain holds or the key is changed, 1 otherwise. `KIOSK_STORE_KEY` names the key's file.
 */
function main(argv: readonly string[]): number {
  const request = parse(argv)
  if (request === undefined) return answer({ ok: false, error: { code: 'USAGE', message: USAGE } })
  const path = join(request.data, STORE_FILE)
  const done = existsSync(path) ? verbs[request.verb](path) : err({ code: 'NO_STORE', path } as const)
  if (done.ok) return answer(done.value)
  return answer({ ok: false, error: { code: done.error.code, message: describe(done.error) } })
}

type Answer =
  | ChainVerdict
  | { readonly ok: true; readonly key: string }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } }

const verbs = { verify, 'rotate-key': rotateKey } satisfies Readonly<
  Record<string, (path: string) => Result<Answer, StoreError>>
>

function parse(argv: readonly string[]): { readonly verb: keyof typeof verbs; readonly data: string } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { data: { type: 'string' } },
      allowPositionals: true,
    })
    const [verb, ...rest] = positionals
    if (rest.length > 0 || (verb !== 'verify' && verb !== 'rotate-key')) return undefined
    return { verb, data: values.data ?? process.env['KIOSK_DATA'] ?? '.kiosk' }
  } catch {
    return undefined
  }
}

/** Opens the store for reading only, so that it may run beside the kiosk and cannot mend what it judges. */
function verify(path: string): Result<ChainVerdict, StoreError> {
  const opened = openToLook(path)
  if (!opened.ok) return opened
  try {
    const judged = judgeIdentity(opened.value, SCHEMA_VERSION)
    return judged.ok ? ok(new AuditTable(opened.value, Date.now).verify()) : judged
  } catch (error) {
    return err(asStoreFault(error))
  } finally {
    opened.value.close()
  }
}

/** The kiosk must be stopped: a store that is open elsewhere is STORE_BUSY. */
function rotateKey(path: string): Result<Answer, StoreError> {
  const keeper = keeperOf(path)
  const changed = changeKey(path, keeper, silentLog)
  return changed.ok ? ok({ ok: true, key: keeper.place }) : changed
}

function describe(error: StoreError | { readonly code: 'NO_STORE'; readonly path: string }): string {
  return error.code === 'NO_STORE' ? `There is no store at ${error.path}.` : describeStoreError(error)
}

function answer(answered: Answer): number {
  process.stdout.write(`${JSON.stringify(answered)}\n`)
  return answered.ok ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
