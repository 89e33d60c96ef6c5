import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AuditTable } from './audit.ts'
import type { ChainVerdict } from './audit-chain.ts'
import { connectReadOnly } from './connection.ts'
import { asStoreFault, describeStoreError, type StoreError } from './faults.ts'
import { identify } from './identity.ts'
import { SCHEMA_VERSION } from './migrations/all.ts'
import { STORE_FILE } from './store.ts'
import { err, ok, type Result } from '../lib/result.ts'

/** `npm run audit -- verify [--data DIR]`: one JSON object on standard output; exit 0 when the chain holds, 1 otherwise. */
function main(argv: readonly string[]): number {
  const request = parse(argv)
  if (request === undefined) {
    return answer({ ok: false, error: { code: 'USAGE', message: 'npm run audit -- verify [--data DIR]' } })
  }
  const verdict = verify(join(request.data, STORE_FILE))
  if (verdict.ok) return answer(verdict.value)
  return answer({ ok: false, error: { code: verdict.error.code, message: describe(verdict.error) } })
}

function parse(argv: readonly string[]): { data: string } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { data: { type: 'string' } },
      allowPositionals: true,
    })
    if (positionals.join(' ') !== 'verify') return undefined
    return { data: values.data ?? process.env['KIOSK_DATA'] ?? '.kiosk' }
  } catch {
    return undefined
  }
}

type VerifyError = StoreError | { readonly code: 'NO_STORE'; readonly path: string }

/** Opens the store for reading only, so that it may run beside the kiosk and cannot mend what it judges. */
function verify(path: string): Result<ChainVerdict, VerifyError> {
  const found = identify(path, SCHEMA_VERSION)
  if (!found.ok) return found
  if (found.value === 'ABSENT') return err({ code: 'NO_STORE', path })
  const opened = connectReadOnly(path)
  if (!opened.ok) return opened
  try {
    return ok(new AuditTable(opened.value, Date.now).verify())
  } catch (error) {
    return err(asStoreFault(error))
  } finally {
    opened.value.close()
  }
}

function describe(error: VerifyError): string {
  return error.code === 'NO_STORE' ? `There is no store at ${error.path}.` : describeStoreError(error)
}

type Answer = ChainVerdict | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } }

function answer(answered: Answer): number {
  process.stdout.write(`${JSON.stringify(answered)}\n`)
  return answered.ok ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
