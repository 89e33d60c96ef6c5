import { expectOk } from '../../src/lib/result.ts'
import { freshKey, KeyFile } from '../../src/store/key.ts'
import { reseal, type ResealStep } from '../../src/store/reseal.ts'
import { keyFileOf } from './store.ts'

/**
 * Encrypts a store, or changes its key, as `unlock` and `changeKey` do, and is cut off by SIGKILL once `last` is done.
 * `node store-sealer.ts <path> <encrypt | rotate> <last>`
 */
const [path = '', how, last] = process.argv.slice(2)
const keeper = new KeyFile(keyFileOf(path))
const kept = expectOk(keeper.read(), 'the key can be read')
const from = how === 'rotate' ? (kept?.current ?? null) : null
const to = freshKey()
expectOk(keeper.write(from === null ? { current: to, next: null } : { current: from, next: to }), 'the key is kept')
const steps = reseal(path, from, to)
for (;;) {
  const { done, value } = steps.next()
  if (done === true) throw new Error(`${String(last)} was never done: ${JSON.stringify(value)}`)
  const step: ResealStep = value
  if (step === last) process.kill(process.pid, 'SIGKILL')
}
