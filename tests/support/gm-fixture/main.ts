import { readFileSync, writeFileSync } from 'node:fs'
import { app, utilityProcess } from 'electron'
import { findings, type Findings, type Granted, type Signed } from './signatures.ts'

/**
 * An Electron application that signs and verifies in its main process and in a utility process, as the kiosk process is
 * one, and writes what it found. `GM_IN` and `GM_OUT` name its files.
 */
const work = JSON.parse(readFileSync(process.env['GM_IN'] ?? '', 'utf8')) as { signed: Signed[]; granted: Granted[] }
const found = (where: string): Findings => findings(work.signed, work.granted, where)

interface ParentPort {
  postMessage(message: unknown): void
}
const parent = (process as { parentPort?: ParentPort }).parentPort

if (parent !== undefined) parent.postMessage(found('utility'))
else
  void app.whenReady().then(() => {
    const child = utilityProcess.fork(__filename, [], { stdio: 'inherit' })
    child.once('message', (theirs: Findings) => {
      writeFileSync(process.env['GM_OUT'] ?? '', JSON.stringify([found('main'), theirs]))
      app.exit(0)
    })
    child.once('exit', (code) => {
      if (code !== 0) app.exit(1)
    })
  })
