import { spawn } from 'node:child_process'
import { readFileSync, truncateSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { copyStore, grantOf, requestOf, stored, StoreFixture } from '../../tests/support/store.ts'
import { seededRandom } from '../lib/random.ts'
import type { Store } from './store.ts'

const writer = fileURLToPath(new URL('../../tests/support/store-writer.ts', import.meta.url))

let fixture: StoreFixture
beforeEach(() => {
  fixture = new StoreFixture()
})
afterEach(() => {
  fixture.dispose()
})

describe('a kiosk killed with SIGKILL at any instant', () => {
  it('has lost no step it had acknowledged, holds no half step, and its audit chain is whole', async () => {
    const random = seededRandom(20261123)
    let acknowledged = 0
    for (let kill = 0; kill < 5; kill++) {
      acknowledged = await writeUntilKilled(fixture.path, acknowledged + 1, 3 + Math.floor(random() * 25))
      const store = fixture.open()
      const kept = wholeSteps(store)
      // The one step after the last word may have been stored just before the kill; nothing else may differ.
      expect(kept - acknowledged, `kill ${kill}`).toBeGreaterThanOrEqual(0)
      expect(kept - acknowledged, `kill ${kill}`).toBeLessThanOrEqual(1)
      acknowledged = kept
      store.close()
    }
    expect(acknowledged).toBeGreaterThan(15)
  })
})

describe('a log torn by a power cut at any byte', () => {
  it('leaves the steps before the tear whole, and none after it', () => {
    const store = fixture.open()
    const sizes = [logSize(fixture.path)]
    for (let n = 1; n <= 6; n++) {
      storeStep(store, n)
      sizes.push(logSize(fixture.path))
    }
    const end = sizes.at(-1) ?? 0
    const random = seededRandom(4)
    const cuts = [
      ...sizes.flatMap((size) => [size - 1, size, size + 1]),
      ...Array.from({ length: 30 }, () => Math.floor(random() * end)),
    ]
    for (const cut of cuts.filter((size) => size >= 0 && size <= end)) {
      const torn = new StoreFixture()
      copyStore(fixture.path, torn.path)
      truncateSync(`${torn.path}-wal`, cut)
      const survivors = sizes.filter((size, step) => step > 0 && size <= cut).length
      expect(wholeSteps(torn.open()), `cut at ${cut}`).toBe(survivors)
      torn.dispose()
    }
  })
})

/** Stores what store-writer.ts stores, as step `n`. */
function storeStep(store: Store, n: number): void {
  stored(store, (tx) => {
    const { key } = tx.endorsements.request(requestOf(n))
    expect(tx.endorsements.authorize(key, grantOf(n)).ok).toBe(true)
    tx.outbox.add({ aggregate: key, kind: 'test', payload: { n }, idempotencyKey: key })
    tx.audit.append({ actor: 'kiosk', action: 'test', target: key, result: 'OK', detail: { n } })
  })
}

/** How many steps are there, after checking that they are 1, 2, 3 … and each has fact, message and witness. */
function wholeSteps(store: Store): number {
  return stored(store, (tx) => {
    const facts = tx.endorsements.inFlight()
    const expected = facts.map((_, index) => requestOf(index + 1).key)
    expect(facts.map((fact) => [fact.key, fact.status])).toEqual(expected.map((key) => [key, 'AUTHORIZED']))
    expect(tx.outbox.due(10_000).map((row) => row.aggregate)).toEqual(expected)
    expect(tx.audit.latest(10_000).map((row) => row.target)).toEqual(expected.toReversed())
    expect(tx.audit.verify()).toEqual({ ok: true, rows: facts.length })
    return facts.length
  })
}

/** Lets a process write from step `first` on, kills it after `steps` acknowledged steps, and returns the last of them. */
async function writeUntilKilled(path: string, first: number, steps: number): Promise<number> {
  const child = spawn(process.execPath, [writer, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise((resolve) => child.once('close', resolve))
  let last = first - 1
  createInterface({ input: child.stdout }).on('line', (line) => {
    expect(Number(line)).toBe(last + 1)
    last = Number(line)
    if (last === first + steps - 1) child.kill('SIGKILL')
  })
  await gone
  expect(child.signalCode).toBe('SIGKILL')
  return last
}

function logSize(path: string): number {
  return readFileSync(`${path}-wal`).length
}
