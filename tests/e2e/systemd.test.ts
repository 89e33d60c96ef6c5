import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'
import { resolveElectron } from '../../scripts/electron/resolve.ts'
import { applyLockdown } from '../../src/kiosk/lockdown/apply.ts'
import type { Session } from '../../src/kiosk/lockdown/drop-ins.ts'
import { BootedSystemd, obstacleToSystemd } from '../support/booted-systemd.ts'

const UNIT = 'road-transport-kiosk.service'
const LOG = '/run/kiosk.log'
const X_LOG = '/var/lib/kiosk/.local/share/xorg/Xorg.0.log'
const PATIENCE_MS = 40_000
/** `WatchdogSec` of the unit, and half as much for a computer that does other things too. */
const KILLED_MS = 15_000

const NEEDED: Readonly<Record<Session, readonly string[]>> = {
  x11: ['/usr/bin/xinit', '/usr/lib/xorg/Xorg', '/usr/lib/xorg/modules/drivers/dummy_drv.so', '/usr/bin/xset'],
  wayland: ['/usr/bin/cage', '/usr/bin/Xwayland'],
}

/** Says once why a session is not started here. */
function cannot(session: Session): boolean {
  const missing = NEEDED[session].filter((path) => !existsSync(path))
  const obstacle = obstacleToSystemd() ?? (missing.length > 0 ? `${missing.join(', ')} is missing` : null)
  if (obstacle !== null) console.warn(`systemd does not start the kiosk on ${session} here: ${obstacle}`)
  return obstacle !== null
}

/**
 * What `npm run lockdown -- --apply` writes, started by a real systemd: the shipped unit and session, a display without a
 * card, the real kiosk in Electron on its rig, as the user of the kiosk.
 */
class Computer {
  readonly systemd: BootedSystemd
  private readonly tree: string

  private constructor(systemd: BootedSystemd, tree: string) {
    this.systemd = systemd
    this.tree = tree
  }

  static async start(session: Session): Promise<Computer> {
    const electron = await resolveElectron()
    const tree = mkdtempSync(join(tmpdir(), 'kiosk-tree-'))
    const applied = await applyLockdown({ root: tree, sources: join(root, 'packaging', 'linux'), session })
    expect(applied.ok).toBe(true)
    const program = [electron.executablePath, ...electron.args.filter((one) => one !== '--no-sandbox'), root]
    add(tree, '/usr/local/bin/kiosk-under-test', `#!/bin/sh\nexec ${program.join(' ')} "$@"\n`, 0o755)
    // No site file: the kiosk runs on its rig. No journal and no other units here: the log is a file.
    const settings = [
      'Environment=KIOSK_SITE= KIOSK_DOCK=0 KIOSK_TRACE_START=1 KIOSK_PROGRAM=/usr/local/bin/kiosk-under-test',
      `Environment=KIOSK_NODE=${process.execPath}`,
      'Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1',
      `StandardOutput=append:${LOG}`,
      `StandardError=append:${LOG}`,
    ]
    add(
      tree,
      `/etc/systemd/system/${UNIT}.d/99-test.conf`,
      ['[Unit]', 'DefaultDependencies=no', '[Service]', ...settings, ''].join('\n'),
    )
    add(tree, '/etc/systemd/system/kiosk-test.target', `[Unit]\nDefaultDependencies=no\nWants=${UNIT}\n`)
    if (session === 'x11') add(tree, '/etc/X11/xorg.conf.d/50-no-card.conf', NO_CARD)
    return new Computer(await BootedSystemd.boot(tree, 'kiosk-test.target'), tree)
  }

  async close(): Promise<void> {
    await this.systemd.close()
    rmSync(this.tree, { recursive: true, force: true })
  }

  log(): Promise<string> {
    return this.systemd.run('cat', LOG)
  }

  /** All that runs as the user of the kiosk, but for systemd's own keeper of the PAM session. */
  kiosk(): ReturnType<BootedSystemd['processes']> {
    return this.systemd.processes().filter(({ pid, command }) => uidOf(pid) === '990' && !command.startsWith('(sd-pam'))
  }

  /** Electron's main process. */
  shell(): number {
    return this.kiosk().find((one) => one.command.includes(` ${root}`) && !/--type=|\.mjs/.test(one.command))?.pid ?? 0
  }

  /** The unit has started when the kiosk has drawn its first screen, and not before. */
  async drawsAndIsReady(): Promise<void> {
    const states = new Set<string>()
    await vi.waitFor(
      async () => {
        const state = await this.systemd.show(UNIT, 'ActiveState')
        states.add(state)
        expect(state).toBe('active')
      },
      { timeout: PATIENCE_MS, interval: 20 },
    )
    expect(await this.log()).toContain('painted')
    expect([...states]).toEqual(['activating', 'active'])
  }

  /** Told to stop, it ends in order and leaves nothing running. */
  async endsInOrder(): Promise<void> {
    await this.systemd.run('systemctl', 'stop', UNIT)
    expect(await this.systemd.show(UNIT, 'Result')).toBe('success')
    expect(this.kiosk()).toEqual([])
    const said = await this.log()
    // The shell told systemd that it stops, and the kiosk process was not torn away with the display.
    expect(said).toContain('"event":"watchdog.state","state":"OFF"')
    expect(said).not.toMatch(/kiosk-down|page-lost|shell-bug|X connection error/)
  }
}

describe.skipIf(cannot('x11'))('under systemd, on X', () => {
  let computer: Computer
  beforeAll(async () => {
    computer = await Computer.start('x11')
  }, 60_000)
  afterAll(() => computer.close())

  test('the unit has started when the kiosk has drawn its first screen, and not before', () =>
    computer.drawsAndIsReady())

  test('no process of it can leave a core, gain rights or be anybody else; the page is in Chromium’s sandbox', () => {
    const kiosk = computer.kiosk()
    expect(kiosk.length).toBeGreaterThan(6)
    for (const { pid, command } of kiosk) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      expect([command, /^Uid:\s+(\d+)/m.exec(status)?.[1], /^NoNewPrivs:\s+(\d)/m.exec(status)?.[1]]).toEqual([
        command,
        '990',
        '1',
      ])
      expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max core file size\s+0\s+0\s/m)
    }
    expect(readFileSync(`/proc/${computer.shell()}/status`, 'utf8')).toMatch(/^CapBnd:\s+0+$/m)
    const renderer = kiosk.find(({ command }) => command.includes('--type=renderer'))
    const status = readFileSync(`/proc/${renderer?.pid ?? 0}/status`, 'utf8')
    expect(status).toMatch(/^Seccomp:\s+2$/m)
    // One number for us, one for that computer, two more for the sandbox's own namespaces.
    expect(/^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split('\t')).toHaveLength(4)
    expect(kiosk.filter(({ command }) => command.includes('--no-sandbox'))).toEqual([])
  })

  test('X takes the options that keep a citizen in: no other terminal, no end, no dark screen', async () => {
    const said = await computer.systemd.run('cat', X_LOG)
    for (const option of ['DontVTSwitch" "true', 'DontZap" "true', 'BlankTime" "0', 'StandbyTime" "0', 'OffTime" "0'])
      expect(said).toContain(`(**) Option "${option}"`)
    expect(said).not.toMatch(/unrecognized|is not used|Parse error/i)
    const asked = await computer.systemd.run(
      'setpriv',
      '--reuid=990',
      '--clear-groups',
      'env',
      'DISPLAY=:0',
      'xset',
      'q',
    )
    expect(asked).toMatch(/timeout:\s+0/)
    expect(asked).toMatch(/prefer blanking:\s+no/)
    expect(asked).not.toMatch(/DPMS is Enabled/)
    expect(asked).toMatch(/auto repeat:\s+off/)
  })

  test('udev understands every rule', async () => {
    const asked = "udevadm test /sys/devices/virtual/mem/null 2>&1 | grep 'rules.d/7.-kiosk'"
    const said = (await computer.systemd.run('sh', '-c', asked)).trim().split('\n')
    expect(said).toEqual([
      'Reading rules file: /etc/udev/rules.d/70-kiosk-devices.rules',
      'Reading rules file: /etc/udev/rules.d/71-kiosk-usb-policy.rules',
    ])
  })

  test('a shell that stands still is killed with everything it started, and all of it is started anew', async () => {
    const before = computer.kiosk().map(({ pid }) => pid)
    const begun = performance.now()
    process.kill(computer.shell(), 'SIGSTOP')
    await vi.waitFor(() => expect(computer.kiosk().filter(({ pid }) => before.includes(pid))).toEqual([]), {
      timeout: PATIENCE_MS,
      interval: 50,
    })
    const killed = performance.now() - begun
    await vi.waitFor(
      async () => {
        expect(await computer.systemd.show(UNIT, 'NRestarts')).toBe('1')
        expect(await computer.systemd.show(UNIT, 'ActiveState')).toBe('active')
      },
      { timeout: PATIENCE_MS, interval: 50 },
    )
    console.log(
      `the shell: killed after ${Math.round(killed)} ms, the first screen after ${Math.round(performance.now() - begun)} ms`,
    )
    expect(killed).toBeLessThan(KILLED_MS)
  })

  test('told to stop, it ends in order and leaves nothing running', () => computer.endsInOrder())
})

describe.skipIf(cannot('wayland'))('under systemd, on Wayland', () => {
  test('cage shows the kiosk; told to stop, it ends in order', async () => {
    const computer = await Computer.start('wayland')
    try {
      await computer.drawsAndIsReady()
      expect(computer.kiosk().some(({ command }) => command.includes('--ozone-platform=wayland'))).toBe(true)
      expect(await computer.systemd.show(UNIT, 'NRestarts')).toBe('0')
      await computer.endsInOrder()
    } finally {
      await computer.close()
    }
  })
})

function uidOf(pid: number): string {
  try {
    return /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

function add(tree: string, path: string, text: string, mode = 0o644): void {
  mkdirSync(join(tree, dirname(path)), { recursive: true })
  writeFileSync(join(tree, path), text, { mode })
}

const NO_CARD = `Section "Device"
  Identifier "no card"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Screen"
  Identifier "no screen"
  Device "no card"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Virtual 1080 1920
  EndSubSection
EndSection
`
