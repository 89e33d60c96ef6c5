import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Why tests against a real print server cannot run here, or null. `test.skipIf(cupsdMissing !== null)`. */
export const cupsdMissing: string | null = existsSync('/usr/sbin/cupsd')
  ? existsSync('/usr/sbin/lpadmin')
    ? null
    : 'lpadmin is not installed (apt-get install cups-client)'
  : 'cupsd is not installed (apt-get install cups)'

/** A print server of its own for one test file: own folders, port and socket; nothing of the machine's CUPS is touched. */
export interface PrivateCupsd {
  /** `http://127.0.0.1:PORT`: where IPP is spoken. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** The same server over its Unix socket. */
  readonly socketPath: string
  /** A queue that writes what it is given, byte for byte, over the file `path` (one job after another). */
  addFileQueue(name: string, path: string): Promise<void>
  /**
   * A queue whose backend is this shell script (`#!/bin/sh …`), called as CUPS calls backends: arguments job, user,
   * title, copies, options, [file], or the document on standard input; `STATE: +media-empty-error`,
   * `ATTR: marker-levels=8` and `ERROR: …` on standard error reach the printer's attributes. Adding a queue again replaces
   * its script.
   */
  addScriptQueue(name: string, script: string): Promise<void>
  /** `cupsdisable` / `cupsenable`, or `cupsreject` / `cupsaccept`. */
  set(name: string, what: 'disable' | 'enable' | 'reject' | 'accept'): Promise<void>
  /** Names of the files in the spool folder that hold documents (`d00001-001`); job records (`c00001`) are left out. */
  spooledDocuments(): Promise<string[]>
  /** The server's own log, for a failing test. */
  log(): Promise<string>
  /** Ends only the server's process; folders stay until `stop`. For tests of a server that dies. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const run = promisify(execFile)
/**
 * How a backend script reads its document. (A raw queue on a `file:` device would print nothing at all: with no filter to
 * run, CUPS 2.4 opens no file.)
 */
export const DOCUMENT = 'cat "${6:--}"'
const START_LIMIT_MS = 10_000
const COMMAND_LIMIT_MS = 15_000

export async function startCupsd(): Promise<PrivateCupsd> {
  const root = await mkdtemp(join(tmpdir(), 'kiosk-cupsd-'))
  const port = await freePort()
  const socketPath = join(root, 'cups.sock')
  await writeFolders(root, port, socketPath)
  const child = spawn('/usr/sbin/cupsd', ['-f', '-c', join(root, 'cupsd.conf'), '-s', join(root, 'cups-files.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const log = async (): Promise<string> => said + (await readFile(join(root, 'error_log'), 'utf8').catch(() => ''))
  const server = `127.0.0.1:${port}`
  await answers(server, child, log)
  const admin = (command: string, ...args: string[]): Promise<unknown> =>
    run(`/usr/sbin/${command}`, ['-h', server, ...args], { timeout: COMMAND_LIMIT_MS })
  const add = (name: string, uri: string): Promise<unknown> =>
    admin('lpadmin', '-p', name, '-v', uri, '-m', 'raw', '-E', '-o', 'printer-error-policy=retry-job')
  const addScript = async (name: string, script: string, mode: number): Promise<void> => {
    const path = join(root, 'bin', 'backend', name)
    await writeFile(path, script)
    await chmod(path, mode)
    await add(name, `${name}:/`)
  }
  return {
    url: `http://${server}`,
    host: '127.0.0.1',
    port,
    socketPath,
    addFileQueue: async (name, path) => {
      await writeFile(path, '')
      // Not readable by others: CUPS then runs it as the server's own user, who may write where the test may.
      await addScript(name, `#!/bin/sh\n${DOCUMENT} > '${path}'\n`, 0o700)
    },
    addScriptQueue: (name, script) => addScript(name, script, 0o755),
    set: async (name, what) => {
      await admin(`cups${what}`, name)
    },
    spooledDocuments: async () => (await readdir(join(root, 'spool'))).filter((file) => file.startsWith('d')),
    log,
    kill: () => end(child),
    stop: async () => {
      await end(child)
      await rm(root, { recursive: true, force: true })
    },
  }
}

async function writeFolders(root: string, port: number, socketPath: string): Promise<void> {
  // Backends and filters may run as "lp": they have to reach what lies below.
  await chmod(root, 0o755)
  for (const folder of ['run/certs', 'cache', 'spool', 'tmp', 'bin/backend', 'etc/ppd', 'etc/ssl', 'home'])
    await mkdir(join(root, folder), { recursive: true })
  await chmod(join(root, 'tmp'), 0o1777)
  for (const part of ['filter', 'daemon', 'driver', 'cgi-bin', 'notifier'])
    if (existsSync(`/usr/lib/cups/${part}`)) await symlink(`/usr/lib/cups/${part}`, join(root, 'bin', part))
  if (existsSync('/usr/lib/cups/backend/socket'))
    await cp('/usr/lib/cups/backend/socket', join(root, 'bin', 'backend', 'socket'), { dereference: true })
  await writeFile(
    join(root, 'cups-files.conf'),
    [
      ...[
        `ServerRoot ${root}/etc`,
        `ServerBin ${root}/bin`,
        `StateDir ${root}/run`,
        `CacheDir ${root}/cache`,
        `RequestRoot ${root}/spool`,
        `TempDir ${root}/tmp`,
      ],
      ...['ErrorLog', 'AccessLog', 'PageLog'].map((name) => `${name} ${root}/${logFiles[name] ?? name}`),
      'Printcap',
      'SyncOnClose No',
    ].join('\n'),
  )
  await writeFile(
    join(root, 'cupsd.conf'),
    [
      `Listen 127.0.0.1:${port}`,
      `Listen ${socketPath}`,
      'LogLevel debug',
      'MaxLogSize 0',
      'Browsing Off',
      'WebInterface No',
      'DefaultAuthType None',
      'PreserveJobFiles No',
      'PreserveJobHistory Yes',
      'JobRetryInterval 1',
      'ErrorPolicy retry-job',
      ...['/', '/admin', '/admin/conf', '/jobs'].flatMap((path) => [
        `<Location ${path}>`,
        'Order allow,deny',
        'Allow all',
        '</Location>',
      ]),
      '<Policy default>',
      'JobPrivateAccess default',
      'JobPrivateValues default',
      'SubscriptionPrivateAccess default',
      'SubscriptionPrivateValues default',
      '<Limit All>',
      'Order allow,deny',
      'Allow all',
      '</Limit>',
      '</Policy>',
    ].join('\n'),
  )
}

const logFiles: Readonly<Record<string, string>> = {
  ErrorLog: 'error_log',
  AccessLog: 'access_log',
  PageLog: 'page_log',
}

/** A port nobody uses now; cupsd cannot be asked to choose one itself. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      probe.close(() => {
        resolve(port)
      })
    })
  })
}

async function answers(server: string, child: ChildProcess, log: () => Promise<string>): Promise<void> {
  const limit = performance.now() + START_LIMIT_MS
  while (performance.now() < limit && child.exitCode === null) {
    const answer = await fetch(`http://${server}/`, { signal: AbortSignal.timeout(1_000) }).catch(() => null)
    if (answer !== null) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`cupsd did not start:\n${await log()}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const impatient = setTimeout(() => child.kill('SIGKILL'), 3_000)
  await gone
  clearTimeout(impatient)
}
