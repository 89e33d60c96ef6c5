import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'
import { checkLockdown } from '../../src/kiosk/lockdown/check.ts'
import { applyLockdown } from '../../src/kiosk/lockdown/apply.ts'
import { dropInsFor } from '../../src/kiosk/lockdown/drop-ins.ts'
import { systemView } from '../../src/kiosk/lockdown/system-view.ts'

const linux = join(root, 'packaging', 'linux')
const text = (name: string): string => readFileSync(join(linux, name), 'utf8')
const unit = text('road-transport-kiosk.service')

function tool(command: string, args: readonly string[]): { code: number; out: string } {
  try {
    return { code: 0, out: execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }) }
  } catch (error) {
    const failed = error as { status?: number; stdout?: string; stderr?: string; code?: string }
    return {
      code: failed.code === 'ENOENT' ? -1 : (failed.status ?? 1),
      out: `${failed.stdout ?? ''}${failed.stderr ?? ''}`,
    }
  }
}

const hasSystemd = tool('systemd-analyze', ['--version']).code === 0

const DROP_INS = dropInsFor('x11')

describe('the systemd unit', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'unit-'))
    for (const name of ['road-transport-kiosk.service', 'kiosk-usb@.service']) {
      // Programs that this machine lacks are no mistake of the unit.
      writeFileSync(join(folder, name), text(name).replaceAll(/^(Exec\w+)=.*$/gm, '$1=/bin/true'))
    }
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.skipIf(!hasSystemd).each(['road-transport-kiosk.service', 'kiosk-usb@.service'])(
    '%s is understood by systemd without a word',
    (name) => {
      expect(tool('systemd-analyze', ['verify', '--man=no', join(folder, name)])).toEqual({ code: 0, out: '' })
    },
  )

  test.skipIf(!hasSystemd)('leaves little exposed: at most 3.1 of 10 by systemd’s own count', () => {
    const path = join(folder, 'road-transport-kiosk.service')
    expect(tool('systemd-analyze', ['security', '--offline=true', '--threshold=31', path]).code).toBe(0)
  })

  test.each([
    'Type=notify',
    'NotifyAccess=all',
    'WatchdogSec=10',
    'WatchdogSignal=SIGKILL',
    'Restart=always',
    'StartLimitIntervalSec=0',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'DevicePolicy=closed',
    'CapabilityBoundingSet=',
    'LimitCORE=0',
    'MemorySwapMax=0',
    'RestrictNamespaces=user pid net',
  ])('says %s', (line) => {
    expect(unit.split('\n')).toContain(line)
  })

  test.each(['ttyUSB', 'ttyACM', 'ttyS', 'hidraw', 'usb_device', 'lp', 'video4linux', 'alsa', 'drm', 'input'])(
    'lets the kiosk use its devices of the kind %s, and no disk',
    (kind) => {
      expect(unit).toContain(`DeviceAllow=char-${kind} rw`)
      expect(unit).not.toContain('DeviceAllow=block')
    },
  )

  test('starts an X server that switches to no other terminal, without a window manager', () => {
    expect(unit).toMatch(/^ExecStart=\S+\/kiosk-run \/usr\/bin\/xinit \S+\/kiosk-session -- \S+ :0 vt7 .*-novtswitch/m)
    expect(text('kiosk-session')).not.toMatch(/openbox|xterm|gnome|xfce|kwin/)
  })

  test.each(['kiosk-run', 'kiosk-session'])('%s is a script that can be run', (name) => {
    expect(statSync(join(linux, name)).mode & 0o111).toBe(0o111)
    expect(tool('sh', ['-n', join(linux, name)])).toEqual({ code: 0, out: '' })
  })

  test('lets only the kiosk speak to systemd, and leaves no core whoever starts the session', () => {
    expect(text('kiosk-run')).toMatch(/^unset NOTIFY_SOCKET$/m)
    expect(text('kiosk-session')).toContain('export NOTIFY_SOCKET="$KIOSK_NOTIFY_SOCKET"')
    for (const script of ['kiosk-run', 'kiosk-session']) expect(text(script)).toMatch(/^ulimit -c 0$/m)
  })
})

describe('the session on Wayland', () => {
  const wayland = text('90-kiosk-wayland.conf')

  test('is the same unit with cage in the place of X, which switches to no other terminal', () => {
    expect(wayland.match(/^ExecStart=.*$/gm)).toEqual([
      'ExecStart=',
      'ExecStart=/usr/local/lib/kiosk/kiosk-run /usr/bin/cage -d -- /usr/local/lib/kiosk/kiosk-session',
    ])
  })

  test('is good in the eyes of --check without a word for X', async () => {
    const tree = mkdtempSync(join(tmpdir(), 'applied-'))
    try {
      expect(await applyLockdown({ root: tree, sources: linux, session: 'wayland' })).toMatchObject({ ok: true })
      const { points } = await checkLockdown({ ...systemView(tree), platform: 'linux' })
      const good = points.filter(({ ok }) => ok === true).map(({ id }) => id)
      expect(good).toEqual(expect.arrayContaining(['unit', 'vt-switch', 'vt-zap', 'blanking']))
    } finally {
      rmSync(tree, { recursive: true })
    }
  })
})

describe('the USB policy', () => {
  const policy = text('71-kiosk-usb-policy.rules')

  test('lets exactly the vendors pass that the kiosk’s own rules name', () => {
    const known = [...text('70-kiosk-devices.rules').matchAll(/ATTR\{idVendor\}=="([0-9a-f]{4})"/g)].map(([, id]) => id)
    const passing = /ATTRS\{idVendor\}=="([0-9a-f|]+)", GOTO/.exec(policy)?.[1]?.split('|')
    expect(new Set(passing)).toEqual(new Set(known))
  })

  test('turns away keyboards, network cards and radios of strangers after the known ones have passed', () => {
    const [before = '', after = ''] = policy.split(/^ATTRS\{idVendor\}.*$/m)
    expect(before).not.toContain('authorized')
    expect(after.match(/ATTR\{authorized\}="0"/g)).toHaveLength(3)
  })

  test('mounts a stick so that nothing on it can run', () => {
    expect(text('kiosk-usb@.service')).toContain('nosuid,nodev,noexec')
  })
})

describe('what other programs read', () => {
  test.skipIf(tool('nft', ['--version']).code !== 0)('the example of a firewall is understood by nft', () => {
    expect(tool('nft', ['--check', '--file', join(linux, 'nftables.conf.example')])).toEqual({ code: 0, out: '' })
  })

  test('polkit refuses the kiosk’s user whatever it asks for, and decides about nobody else', () => {
    type Rule = (action: unknown, subject: { readonly user: string }) => unknown
    const rules: Rule[] = []
    runInNewContext(text('90-kiosk-polkit.rules'), {
      polkit: { Result: { NO: 'no' }, addRule: (rule: Rule) => rules.push(rule) },
    })
    expect(rules.map((rule) => [rule({}, { user: 'kiosk' }), rule({}, { user: 'root' })])).toEqual([['no', undefined]])
  })

  test.each(['90-kiosk-sysctl.conf', '90-kiosk-modprobe.conf'])('every line of %s is a setting or a remark', (name) => {
    const form = name.includes('sysctl') ? /^[a-z_.]+ = \S.*$/ : /^install [a-z-]+ \/bin\/false$/
    const lines = text(name)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(lines.filter((line) => !form.test(line))).toEqual([])
    expect(lines.length).toBeGreaterThan(3)
  })
})

describe('what --apply writes', () => {
  test('is good in the eyes of --check, in every point that files decide', async () => {
    const tree = mkdtempSync(join(tmpdir(), 'applied-'))
    try {
      const applied = await applyLockdown({ root: tree, sources: linux })
      expect(applied.ok).toBe(true)
      const { points } = await checkLockdown({ ...systemView(tree), platform: 'linux' })
      const good = points.filter(({ ok }) => ok === true).map(({ id }) => id)
      const decidedByFiles = [
        'unit',
        'usb-policy',
        'automount',
        'ctrl-alt-del',
        'vt-switch',
        'vt-zap',
        'logins',
        'blanking',
      ]
      expect(good).toEqual(expect.arrayContaining(decidedByFiles))
    } finally {
      rmSync(tree, { recursive: true })
    }
  })

  test('sets the kernel to what --check wants', () => {
    const settings = text('90-kiosk-sysctl.conf')
    for (const line of ['kernel.sysrq = 0', 'kernel.core_pattern = |/bin/false', 'fs.suid_dumpable = 0'])
      expect(settings.split('\n')).toContain(line)
    expect(settings).toMatch(/^kernel\.yama\.ptrace_scope = [12]$/m)
  })

  test('goes only to places of our own name', () => {
    for (const { path, kind } of DROP_INS) {
      if (kind === 'file') expect(path).toMatch(/kiosk/)
    }
  })
})

describe('the data for Windows', () => {
  const windows = join(root, 'packaging', 'windows')
  const data = JSON.parse(readFileSync(join(windows, 'lockdown.json'), 'utf8')) as {
    registry: { id: string; key: string; name: string; type: string; value: number | string }[]
    keyboardFilter: string[]
  }

  test('names each setting once, with a value of its type', () => {
    expect(new Set(data.registry.map(({ id }) => id)).size).toBe(data.registry.length)
    for (const { key, type, value } of data.registry) {
      expect(key).toMatch(/^HK(LM|CU):\\/)
      expect(typeof value).toBe(type === 'DWord' ? 'number' : 'string')
    }
    expect(data.registry.find(({ id }) => id === 'edge-swipe')).toMatchObject({ name: 'AllowEdgeSwipe', value: 0 })
  })

  test('filters the keys that lead out', () => {
    expect(data.keyboardFilter).toEqual(
      expect.arrayContaining(['Ctrl+Alt+Del', 'Alt+Tab', 'Alt+F4', 'Win+L', 'Ctrl+Shift+Esc']),
    )
  })

  test('starts the kiosk again whatever it ends with, except when it runs already', () => {
    const xml = readFileSync(join(windows, 'shell-launcher.xml'), 'utf8')
    expect(xml).toContain('<DefaultAction Action="RestartShell"/>')
    expect(xml.match(/<ReturnCodeAction /g)).toHaveLength(1)
    expect(xml).toContain('ReturnCode="3" Action="DoNothing"')
  })

  test.skipIf(tool('xmllint', ['--version']).code !== 0)('its XML is well-formed', () => {
    expect(tool('xmllint', ['--noout', join(windows, 'shell-launcher.xml')])).toEqual({ code: 0, out: '' })
  })

  test('its XML has the elements and attributes of Shell Launcher’s schemas, and every profile that is used exists', () => {
    const xml = readFileSync(join(windows, 'shell-launcher.xml'), 'utf8').replaceAll(/<!--[^]*?-->/g, '')
    const elements = [...xml.matchAll(/<(\w+)((?:\s+[\w:]+="[^"]*")*)\s*\/?>/g)]
    expect(elements.length).toBeGreaterThan(8)
    for (const [, name = '', attributes = ''] of elements)
      for (const [, attribute = ''] of attributes.matchAll(/\s([\w:]+)=/g))
        expect(SHELL_LAUNCHER[name]).toContain(attribute)
    const ids = (element: string): readonly string[] =>
      [...xml.matchAll(new RegExp(`<${element} ID="(\\{[0-9a-f-]{36}\\})"`, 'gi'))].map(([, id = '']) => id)
    expect(new Set(ids('Profile')).size).toBe(1)
    expect(xml).toContain('http://schemas.microsoft.com/ShellLauncher/2018/Configuration')
    expect(xml).toContain('xmlns:v2="http://schemas.microsoft.com/ShellLauncher/2019/Configuration"')
    for (const [, action = ''] of xml.matchAll(/Action="(\w+)"/g))
      expect(['RestartShell', 'RestartDevice', 'ShutdownDevice', 'DoNothing']).toContain(action)
  })

  test('the script answers in the shape of the Linux check and changes nothing', () => {
    const script = readFileSync(join(windows, 'check-lockdown.ps1'), 'utf8')
    for (const field of ['id', 'what', 'wanted', 'found', 'ok', 'mend', 'revert'])
      expect(script).toContain(`${field} =`)
    const commands = script.replaceAll(/"(?:`"|[^"])*"|'[^']*'/g, '')
    expect(commands).not.toMatch(/^\s*(Set|New|Remove|Enable|Disable)-\w+/m)
  })
})

/** Elements of Microsoft's Shell Launcher schemas (2018 and 2019) with the attributes each may carry. */
const SHELL_LAUNCHER: Readonly<Record<string, readonly string[]>> = {
  ShellLauncherConfiguration: ['xmlns', 'xmlns:v2'],
  Profiles: [],
  DefaultProfile: [],
  Profile: ['ID', 'Name'],
  Shell: ['Shell', 'v2:AppType', 'v2:AllAppsFullScreen'],
  ReturnCodeActions: [],
  ReturnCodeAction: ['ReturnCode', 'Action'],
  DefaultAction: ['Action'],
  Configs: [],
  Config: [],
  Account: ['Name', 'Sid'],
  AutoLogonAccount: [],
}
