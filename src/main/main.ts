import { app, protocol } from 'electron'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import { keepNoCopies } from '../lib/forget-memory.ts'
import { privilegedScheme } from './guard/serve.ts'
import { lockContents } from './guard/lock-down.ts'
import { harden } from './harden.ts'
import { stderrLog } from './log.ts'
import { readOptions } from './options.ts'
import { run } from './run.ts'
import { startTrace } from './trace.ts'

/** Exit codes a service manager can tell apart. */
const ALREADY_RUNNING = 3
const OUR_BUG = 70

keepNoCopies()
const log = stderrLog()
const options = readOptions({
  env: process.env,
  argv: process.argv,
  packaged: app.isPackaged,
  appPath: app.getAppPath(),
  userData: app.getPath('userData'),
})
const trace = startTrace(options.trace)
trace('main')

// Electron would show a dialog over the kiosk; the service manager starts us again instead.
process.on('uncaughtException', (error) => {
  log.error('shell-bug', { error: error.stack ?? error.message })
  app.exit(OUR_BUG)
})

const profile = join(options.data, 'shell')
mkdirSync(profile, { recursive: true })
app.setPath('userData', profile)
app.setPath('sessionData', profile)

protocol.registerSchemesAsPrivileged([privilegedScheme])
harden(app, options.development)
lockContents(app, options.development, log)

if (app.requestSingleInstanceLock()) {
  run({ options, log, trace, clock: systemClock, appPath: app.getAppPath() })
} else {
  log.error('already-running', { data: options.data })
  app.exit(ALREADY_RUNNING)
}
