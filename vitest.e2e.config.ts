import { defineConfig } from 'vitest/config'

/** Tests in real Electron: one after another, because windows and two cores are shared. */
export default defineConfig({
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    globalSetup: ['tests/support/e2e-setup.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    env: { TZ: 'Asia/Shanghai' },
  },
})
