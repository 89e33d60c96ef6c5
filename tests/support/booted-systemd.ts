import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../scripts/electron/paths.ts'
import { descendants, isAlive } from './processes.ts'

const run = promisify(execFile)
const UNSHARE = 'unshare'
const NAMESPACES = ['--pid', '--mount', '--uts', '--ipc', '--cgroup', '--net'] as const
const BOOT_MS = 30_000

/** Why systemd cannot be booted beside the one that runs here, in one sentence; null when it can. */
export function obstacleToSystemd(): string | null {
  if (process.platform !== 'linux') return 'this is not Linux'
  if (process.getuid?.() !== 0) return 'namespaces with mounts of their own need root'
  const missing = [UNSHARE, 'nsenter', 'ip', 'systemctl', 'systemd-notify'].filter((name) => !isProgram(name))
  if (missing.length > 0) return `${missing.join(', ')} is missing`
  if (!canMakeGroup()) return 'no cgroup2 is mounted, or no group can be made in it'
  // The unit hides these from the kiosk (ProtectHome), or the boot does.
  if (/^\/(home|root|tmp|run)\//.test(root)) return `the kiosk is in ${root}, where the unit lets nobody look`
  if (!mayEverybodyLook()) return `the kiosk is in ${root}, where only its owner may look`
  return spawnSync(UNSHARE, ['--fork', ...NAMESPACES, 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0
    ? null
    : 'namespaces cannot be made'
}

/** A systemd of our own as process 1 of a computer that exists for one test. */
export class BootedSystemd {
  private readonly child: ChildProcess
  private readonly pid: number
  private readonly cgroup: string

  private constructor(child: ChildProcess, pid: number, cgroup: string) {
    this.child = child
    this.pid = pid
    this.cgroup = cgroup
  }

  /**
   * @param tree folder laid over `/etc`, `/usr/local` and `/var/lib`
   * @param target the unit that is started; nothing else is, unless that wants it
   * @throws when it does not answer within half a minute
   */
  static async boot(tree: string, target: string): Promise<BootedSystemd> {
    const cgroup = join(cgroupMount() ?? '', `kiosk-test-${process.pid}`)
    mkdirSync(cgroup)
    // The shell waits for a word: by then it is in the group that the new systemd will take for the root of all.
    const script = join(root, 'tests', 'support', 'booted-systemd.sh')
    const line = 'read _; exec unshare --fork --kill-child "$@"'
    const child = spawn('sh', ['-c', line, 'sh', ...NAMESPACES, 'sh', script, tree, target], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    writeFileSync(join(cgroup, 'cgroup.procs'), String(child.pid))
    child.stdin.end('\n')
    const deadline = performance.now() + BOOT_MS
    while (performance.now() < deadline) {
      const first = descendants(child.pid ?? 0).find(({ command }) => /^\S*\/systemd --system/.test(command))
      if (first !== undefined) {
        const booted = new BootedSystemd(child, first.pid, cgroup)
        const answer = await booted.run('systemctl', 'show', '--property=Version').catch(() => '')
        if (answer.startsWith('Version=')) return booted
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    child.kill('SIGKILL')
    throw new Error('systemd did not come up within half a minute')
  }

  /** What a command prints when it is run as root on that computer. */
  async run(command: string, ...args: readonly string[]): Promise<string> {
    const enter = ['-t', String(this.pid), '-p', '-m', '-u', '-i', '-C', '-n', '--', command, ...args]
    const { stdout } = await run('nsenter', enter)
    return stdout
  }

  /** One property of a unit. */
  async show(unit: string, property: string): Promise<string> {
    return (await this.run('systemctl', 'show', '--value', `--property=${property}`, unit)).trim()
  }

  /** Every process of it, by its number out here. */
  processes(): ReturnType<typeof descendants> {
    return descendants(this.pid)
  }

  /** Pulls the plug. */
  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve))
    if (isAlive(this.pid)) process.kill(this.pid, 'SIGKILL')
    await gone
    removeGroups(this.cgroup)
  }
}

function isProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name)))
}

/** The kiosk's user is another than the one who has checked this out. */
function mayEverybodyLook(): boolean {
  for (let folder = root; folder !== dirname(folder); folder = dirname(folder))
    if ((statSync(folder).mode & 0o001) === 0) return false
  return (statSync(join(root, 'package.json')).mode & 0o004) !== 0
}

function canMakeGroup(): boolean {
  const mount = cgroupMount()
  if (mount === null) return false
  const trial = join(mount, `kiosk-trial-${process.pid}`)
  try {
    mkdirSync(trial)
    rmdirSync(trial)
    return true
  } catch {
    return false
  }
}

/** Where the unified hierarchy is mounted. */
function cgroupMount(): string | null {
  const line = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((one) => one.includes(' - cgroup2 '))
  return line?.split(' ')[4] ?? null
}

/** A group goes when those within it are gone. */
function removeGroups(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroups(join(folder, entry.name))
  try {
    rmdirSync(folder)
  } catch {
    // Its last process is not buried yet; an empty group costs nothing.
  }
}
