import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take minutes begin first; begun last, one of them would keep everybody waiting. */
const LONG = [
  '/tests/torture/',
  '/tests/privacy/',
  '/tests/screens/screens',
  '/tests/moments/',
  '/tests/scenarios/',
  '/src/drivers/',
]

/** A sequencer: files whose path holds an earlier part begin earlier, and all others after them. */
export function inOrder(parts: readonly string[]): typeof BaseSequencer {
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const rank = ({ moduleId }: TestSpecification): number => {
        const found = parts.findIndex((part) => moduleId.includes(part))
        return found < 0 ? parts.length : found
      }
      return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
    }
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', 'node_modules/**'],
    environment: 'node',
    pool: 'forks',
    // Most of these tests wait for a device, a process or a deadline: on two cores four of them at a time keep both busy.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    sequence: { sequencer: inOrder(LONG) },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    env: { TZ: 'Asia/Shanghai' },
  },
})
