import { expect, test } from 'vitest'
import { coverFor } from './cover.ts'

const down = (outOfService: boolean) => ({ kind: 'down', outOfService, cause: 'signal SIGKILL' }) as const
const running = { kind: 'running' } as const
const shown = { kind: 'shown' } as const

test('nothing lies over a page that is fresh', () => {
  expect(coverFor(running, shown, false)).toEqual({ kind: 'none' })
})

test('the first start shows no word of recovery', () => {
  expect(coverFor({ kind: 'starting' }, { kind: 'loading' }, false)).toEqual({ kind: 'none' })
})

test.each([
  ['the kiosk process is being restored', down(false), shown, false],
  ['the page is being restored', running, down(false), false],
  ['the page shows what a process that is gone told it', running, shown, true],
])('正在恢复 while %s', (_when, kiosk, page, stale) => {
  expect(coverFor(kiosk, page, stale)).toEqual({ kind: 'recovering' })
})

test.each([
  ['the kiosk process', down(true), shown],
  ['the page', running, down(true)],
])('暂停服务 with the cause when %s fails again and again', (_what, kiosk, page) => {
  expect(coverFor(kiosk, page, false)).toEqual({ kind: 'out-of-service', technician: 'signal SIGKILL' })
})

test('暂停服务 with the reason when the kiosk refuses to start, whatever the page does', () => {
  const refused = { kind: 'refused', code: 'SITE_FILE', technician: 'devices.idCard' } as const
  expect(coverFor(refused, down(false), true)).toEqual({
    kind: 'out-of-service',
    technician: 'SITE_FILE: devices.idCard',
  })
})
