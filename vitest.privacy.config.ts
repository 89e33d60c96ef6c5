import { defineConfig } from 'vitest/config'

/**
 * The scan of files and memory after a visit: `npm run privacy`. It is a measurement of its own, not part of `npm test`:
 * which copies a collector has left behind differs from run to run (docs/privacy.md says what was found how often).
 */
export default defineConfig({
  test: {
    include: ['tests/privacy/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    env: { TZ: 'Asia/Shanghai' },
  },
})
