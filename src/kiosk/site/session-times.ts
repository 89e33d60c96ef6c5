import type { Site } from './schema.ts'

export type SessionTimes = Site['session']

/** The times of a visit: large print doubles them all (无障碍: nobody is hurried who needs more time to read). */
export function sessionTimes(site: Site, display: { readonly largePrint: boolean }): SessionTimes {
  const factor = display.largePrint ? 2 : 1
  const { idleWarningMs, countdownMs, totalLimitMs } = site.session
  return {
    idleWarningMs: idleWarningMs * factor,
    countdownMs: countdownMs * factor,
    totalLimitMs: totalLimitMs * factor,
  }
}
