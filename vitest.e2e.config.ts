import { defineConfig } from 'vitest/config'
import { inOrder } from './vitest.config.ts'

/** Those that mostly wait begin first, beside those that need the processors. */
const LONG = ['frozen', 'privacy', 'shell-supervision', 'owner', 'systemd']

/** Tests in real Electron, two files at a time: windows and two cores are shared. */
export default defineConfig({
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    globalSetup: ['tests/support/e2e-setup.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: inOrder(LONG.map((name) => `/tests/e2e/${name}.`)) },
    testTimeout: 90_000,
    hookTimeout: 120_000,
    env: { TZ: 'Asia/Shanghai' },
  },
})
