import { describe, expect, it } from 'vitest'
import { checkLockdown, linuxPoints } from './check.ts'
import type { FileFacts, SystemView } from './system-view.ts'

type Files = Readonly<Record<string, string>>

interface Computer {
  readonly files: Files
  readonly facts: Readonly<Record<string, FileFacts>>
  readonly commands: Readonly<Record<string, string>>
  readonly platform: NodeJS.Platform
}

const facts = (mode: number, uid = 990, link: string | null = null): FileFacts => ({ mode, uid, link })

/** A computer that is locked down in every point. */
const good: Computer = {
  platform: 'linux',
  files: {
    '/etc/systemd/system/road-transport-kiosk.service': '[Service]\nWatchdogSec=10\nRestart=always\n',
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nkiosk:x:990:990::/var/lib/kiosk:/usr/sbin/nologin\n',
    '/etc/group': 'sudo:x:27:technician\nvideo:x:44:kiosk\nkiosk:x:990:\n',
    '/etc/udev/rules.d/71-kiosk-usb-policy.rules': 'ENV{UDISKS_IGNORE}="1"\nATTR{authorized}="0"\n',
    '/proc/sys/kernel/core_pattern': '|/bin/false\n',
    '/proc/sys/kernel/sysrq': '0\n',
    '/proc/sys/kernel/yama/ptrace_scope': '2\n',
    '/proc/sys/fs/suid_dumpable': '0\n',
    '/etc/systemd/coredump.conf.d/90-kiosk.conf': '[Coredump]\nStorage=none\n',
    '/etc/systemd/system.conf.d/90-kiosk.conf': '[Manager]\nCtrlAltDelBurstAction=none\n',
    '/etc/systemd/logind.conf': '[Login]\n#NAutoVTs=6\n',
    '/etc/systemd/logind.conf.d/90-kiosk.conf': '[Login]\nNAutoVTs=0\nReserveVT=0\n',
    '/etc/X11/xorg.conf.d/90-kiosk.conf':
      'Section "ServerFlags"\n Option "DontVTSwitch" "true"\n Option "DontZap" "true"\n Option "BlankTime" "0"\nEndSection\n',
    '/etc/systemd/system/sysinit.target.wants/nftables.service': '',
    '/etc/nftables.conf': 'table inet kiosk { chain input { type filter hook input priority 0; policy drop; } }',
    '/proc/1/comm': 'systemd\n',
    '/proc/900/comm': 'Xorg\n',
    '/proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n',
    '/proc/self/mountinfo': [
      '25 1 253:1 / / rw - ext4 /dev/mapper/vg-root rw',
      '26 25 253:2 / /var rw - ext4 /dev/mapper/vg-var rw',
    ].join('\n'),
    '/sys/dev/block/253:2/dm/uuid': 'LVM-abc\n',
    '/sys/dev/block/253:2/slaves/dm-0/dev': '253:0\n',
    '/sys/dev/block/253:0/dm/uuid': 'CRYPT-LUKS2-0123-luks\n',
  },
  facts: {
    '/etc/systemd/system/graphical.target.wants/road-transport-kiosk.service': facts(0o777, 0, '/etc/x'),
    '/etc/systemd/system/ctrl-alt-del.target': facts(0o777, 0, '/dev/null'),
    '/var/lib/kiosk': facts(0o700),
    '/var/lib/kiosk/device.key': facts(0o600),
    '/etc/kiosk/site.json': facts(0o640, 0),
  },
  commands: { 'timedatectl show --property=NTPSynchronized --value': 'yes\n' },
}

function viewOf({ files, facts: known, commands, platform }: Computer): SystemView {
  return {
    platform,
    read: (path) => Promise.resolve(files[path] ?? null),
    facts: (path) => Promise.resolve(known[path] ?? null),
    list: (folder) => {
      const under = Object.keys(files).filter((path) => path.startsWith(`${folder}/`))
      return Promise.resolve(
        [...new Set(under.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))].sort(),
      )
    },
    run: (command, args) => Promise.resolve(commands[[command, ...args].join(' ')] ?? null),
  }
}

const withFiles = (changed: Readonly<Record<string, string | null>>): Computer => ({
  ...good,
  files: Object.fromEntries(
    Object.entries({ ...good.files, ...changed }).filter((entry): entry is [string, string] => entry[1] !== null),
  ),
})
const withFacts = (changed: Readonly<Record<string, FileFacts>>): Computer => ({
  ...good,
  facts: { ...good.facts, ...changed },
})
const without = (path: string): Computer => ({
  ...good,
  facts: Object.fromEntries(Object.entries(good.facts).filter(([name]) => name !== path)),
})

/** The same computer with cage and without a word for X. */
const withCage = (options: string): Computer =>
  withFiles({
    '/etc/X11/xorg.conf.d/90-kiosk.conf': null,
    '/etc/systemd/system/road-transport-kiosk.service.d/90-wayland.conf': `[Service]\nExecStart=\nExecStart=/usr/local/lib/kiosk/kiosk-run /usr/bin/cage ${options} -- /usr/local/lib/kiosk/kiosk-session\n`,
  })

const failing = async (computer: Computer): Promise<readonly string[]> => {
  const { points } = await checkLockdown(viewOf(computer))
  return points.filter(({ ok }) => ok !== true).map(({ id, ok }) => (ok === null ? `${id}?` : id))
}

describe('the check of a computer', () => {
  it('finds one that is locked down good in every point', async () => {
    expect(await failing(good)).toEqual([])
    expect((await checkLockdown(viewOf(good))).ok).toBe(true)
  })

  it('finds an untouched computer bad in every point that can be seen, and never throws', async () => {
    const report = await checkLockdown(viewOf({ platform: 'linux', files: {}, facts: {}, commands: {} }))
    expect(report.ok).toBe(false)
    expect(report.points).toHaveLength(linuxPoints.length)
    expect(report.points.filter(({ ok }) => ok === true).map(({ id }) => id)).toEqual([
      'user-groups',
      'ssh',
      'window-manager',
    ])
  })

  it.each<[string, string, Computer]>([
    ['no unit', 'unit', withFiles({ '/etc/systemd/system/road-transport-kiosk.service': null })],
    [
      'a unit without watchdog',
      'unit',
      withFiles({ '/etc/systemd/system/road-transport-kiosk.service': 'Restart=always' }),
    ],
    [
      'a unit that is not enabled',
      'unit',
      without('/etc/systemd/system/graphical.target.wants/road-transport-kiosk.service'),
    ],
    ['a login shell', 'user-shell', withFiles({ '/etc/passwd': 'kiosk:x:990:990::/var/lib/kiosk:/bin/bash' })],
    ['sudo', 'user-groups', withFiles({ '/etc/group': 'sudo:x:27:technician,kiosk' })],
    ['docker', 'user-groups', withFiles({ '/etc/group': 'docker:x:999:kiosk' })],
    ['magic keys', 'sysrq', withFiles({ '/proc/sys/kernel/sysrq': '176\n' })],
    ['Ctrl-Alt-Del', 'ctrl-alt-del', without('/etc/systemd/system/ctrl-alt-del.target')],
    ['Ctrl-Alt-Del seven times', 'ctrl-alt-del', withFiles({ '/etc/systemd/system.conf.d/90-kiosk.conf': null })],
    [
      'other terminals in X',
      'vt-switch',
      withFiles({ '/etc/X11/xorg.conf.d/99-mine.conf': 'Option "DontVTSwitch" "false"' }),
    ],
    ['other terminals in cage', 'vt-switch', withCage('-d -s')],
    ['Ctrl-Alt-Backspace', 'vt-zap', withFiles({ '/etc/X11/xorg.conf.d/99-mine.conf': 'Option "dontzap" "off"' })],
    ['a dark screen', 'blanking', withFiles({ '/etc/X11/xorg.conf.d/99-mine.conf': 'Option "BlankTime" "10"' })],
    ['a login prompt', 'logins', withFiles({ '/etc/systemd/logind.conf.d/95-x.conf': 'NAutoVTs=6' })],
    ['a window manager', 'window-manager', withFiles({ '/proc/901/comm': 'ukui-kwin_x11\n' })],
    ['a desktop whose name the kernel cut off', 'window-manager', withFiles({ '/proc/901/comm': 'lightdm-gtk-gre\n' })],
    [
      'no USB rules',
      'usb-policy',
      withFiles({ '/etc/udev/rules.d/71-kiosk-usb-policy.rules': 'ENV{UDISKS_IGNORE}="1"' }),
    ],
    ['automounting', 'automount', withFiles({ '/etc/udev/rules.d/71-kiosk-usb-policy.rules': 'ATTR{authorized}="0"' })],
    ['cores on the disk', 'core-dumps', withFiles({ '/proc/sys/kernel/core_pattern': 'core' })],
    [
      'cores kept by systemd',
      'core-dumps',
      withFiles({
        '/proc/sys/kernel/core_pattern': '|/lib/systemd/systemd-coredump %P',
        '/etc/systemd/coredump.conf.d/90-kiosk.conf': null,
      }),
    ],
    ['cores of setuid programs', 'core-dumps', withFiles({ '/proc/sys/fs/suid_dumpable': '2' })],
    ['ptrace', 'ptrace', withFiles({ '/proc/sys/kernel/yama/ptrace_scope': '0' })],
    [
      'swap in the clear',
      'swap',
      withFiles({ '/proc/swaps': 'Filename\n/dev/sda2 partition 1 0 -2\n', '/sys/class/block/sda2/dev': '8:2' }),
    ],
    ['a swap file', 'swap', withFiles({ '/proc/swaps': 'Filename\n/swapfile file 1 0 -2\n' })],
    ['a disk in the clear', 'disk-encryption', withFiles({ '/sys/dev/block/253:0/dm/uuid': 'LVM-x' })],
    ['a data folder for all', 'data-folder', withFacts({ '/var/lib/kiosk': facts(0o755) })],
    ['a data folder of another', 'data-folder', withFacts({ '/var/lib/kiosk': facts(0o700, 0) })],
    ['a key for the group', 'device-key', withFacts({ '/var/lib/kiosk/device.key': facts(0o640) })],
    ['a site file for all', 'site-file', withFacts({ '/etc/kiosk/site.json': facts(0o644, 0) })],
    ['a site file the group may change', 'site-file', withFacts({ '/etc/kiosk/site.json': facts(0o660, 0) })],
    [
      'a clock nobody sets',
      'time-sync',
      { ...good, commands: { 'timedatectl show --property=NTPSynchronized --value': 'no' } },
    ],
    ['no firewall', 'firewall', withFiles({ '/etc/systemd/system/sysinit.target.wants/nftables.service': null })],
    [
      'a firewall that lets all in',
      'firewall',
      withFiles({ '/etc/nftables.conf': 'hook input priority 0; policy accept; # policy drop' }),
    ],
    [
      'passwords over ssh',
      'ssh',
      withFiles({
        '/etc/systemd/system/multi-user.target.wants/ssh.service': '',
        '/etc/ssh/sshd_config': '#PasswordAuthentication no',
      }),
    ],
  ])('names %s', async (_what, id, computer) => {
    expect(await failing(computer)).toEqual([id])
  })

  it.each<[string, Computer]>([
    [
      'swap that is encrypted',
      withFiles({
        '/proc/swaps': 'F\n/dev/dm-3 partition 1 0 -2\n',
        '/sys/class/block/dm-3/dev': '253:3',
        '/sys/dev/block/253:3/dm/uuid': 'CRYPT-PLAIN-swap',
      }),
    ],
    ['swap in memory', withFiles({ '/proc/swaps': 'F\n/dev/zram0 partition 1 0 100\n' })],
    [
      'usbguard instead of rules',
      {
        ...withFiles({
          '/etc/udev/rules.d/71-kiosk-usb-policy.rules': null,
          '/etc/udev/rules.d/80-x.rules': 'ENV{UDISKS_IGNORE}="1"',
        }),
        commands: { ...good.commands, 'systemctl is-active usbguard': 'active\n' },
      },
    ],
    [
      'ssh with keys only, said in a drop-in',
      withFiles({
        '/etc/systemd/system/multi-user.target.wants/ssh.service': '',
        '/etc/ssh/sshd_config': 'PasswordAuthentication yes',
        '/etc/ssh/sshd_config.d/50.conf': 'PasswordAuthentication no',
      }),
    ],
    ['cage instead of X', withCage('-d')],
  ])('accepts %s', async (_what, computer) => {
    expect(await failing(computer)).toEqual([])
  })

  it('says of every point what to do about it', () => {
    for (const { id, what, wanted, mend } of linuxPoints) {
      expect([id, what.length > 5, wanted.length > 3, mend.length > 5]).toEqual([id, true, true, true])
    }
    expect(new Set(linuxPoints.map(({ id }) => id)).size).toBe(linuxPoints.length)
  })
})

describe('the check of Windows', () => {
  const command = 'powershell.exe -NoProfile -ExecutionPolicy Bypass -File C:\\kiosk\\check.ps1'
  const windows = (answer: string | null) =>
    checkLockdown(
      viewOf({ platform: 'win32', files: {}, facts: {}, commands: answer === null ? {} : { [command]: answer } }),
      undefined,
      'C:\\kiosk\\check.ps1',
    )
  const point = { id: 'edge-swipe', what: 'swipes', wanted: '0', found: '0', ok: true, mend: 'x', revert: 'y' }

  it('takes the points from the script', async () => {
    expect(await windows(JSON.stringify({ points: [point] }))).toEqual({ ok: true, platform: 'win32', points: [point] })
    expect(await windows(JSON.stringify({ points: [{ ...point, ok: false }] }))).toMatchObject({ ok: false })
  })

  it.each([null, 'no JSON', '{"points":[{"id":1}]}'])('does not believe silence or nonsense: %s', async (answer) => {
    expect(await windows(answer)).toMatchObject({ ok: false, points: [{ id: 'windows', ok: null }] })
  })
})
