import { APPLY, bad, configured, good, kernelSetting, REVERT, unseen, type Found, type Point } from './point.ts'
import type { SystemView } from './system-view.ts'

/** The service, its user, what is plugged in, and what a crash leaves behind. */
export const systemPoints: readonly Point[] = [
  {
    id: 'unit',
    what: 'systemd starts the kiosk and watches it',
    wanted: 'installed, enabled, WatchdogSec and Restart=always',
    mend: APPLY,
    revert: REVERT,
    look: async (view, { unit }) => {
      const text = await view.read(`/etc/systemd/system/${unit}`)
      if (text === null) return bad('not installed')
      const enabled = await view.facts(`/etc/systemd/system/graphical.target.wants/${unit}`)
      if (enabled === null) return bad('installed, not enabled')
      const watched = /^WatchdogSec=\d/m.test(text) && /^Restart=always$/m.test(text)
      return watched ? good('installed, enabled, watched') : bad('enabled, not watched')
    },
  },
  {
    id: 'user-shell',
    what: 'the kiosk’s user can log in',
    wanted: 'no login shell',
    mend: 'usermod --shell /usr/sbin/nologin kiosk',
    revert: 'usermod --shell /bin/bash kiosk',
    look: async (view, { user }) => {
      const line = ((await view.read('/etc/passwd')) ?? '').split('\n').find((one) => one.startsWith(`${user}:`))
      if (line === undefined) return bad('no such user')
      const shell = line.split(':')[6] ?? ''
      return /\/(nologin|false)$/.test(shell) ? good(shell) : bad(shell)
    },
  },
  {
    id: 'user-groups',
    what: 'the kiosk’s user may become root',
    wanted: `in none of sudo, wheel, admin, adm, disk, docker, lxd`,
    mend: 'gpasswd --delete kiosk GROUP',
    revert: 'gpasswd --add kiosk GROUP',
    look: async (view, { user }) => {
      const groups = ((await view.read('/etc/group')) ?? '').split('\n').flatMap((line) => {
        const [name = '', , , members = ''] = line.split(':')
        return POWERFUL.has(name) && members.split(',').includes(user) ? [name] : []
      })
      return groups.length === 0 ? good('none') : bad(groups.join(', '))
    },
  },
  {
    id: 'usb-policy',
    what: 'a stranger’s keyboard or network card on USB works',
    wanted: 'the kiosk’s USB rules, or usbguard',
    mend: APPLY,
    revert: REVERT,
    look: async (view) => {
      if ((await view.run('systemctl', ['is-active', 'usbguard']))?.trim() === 'active') return good('usbguard')
      const rules = await view.read('/etc/udev/rules.d/71-kiosk-usb-policy.rules')
      return rules?.includes('ATTR{authorized}="0"') === true ? good('rules') : bad('neither')
    },
  },
  {
    id: 'automount',
    what: 'a stick is mounted by the desktop',
    wanted: 'UDISKS_IGNORE for USB disks',
    mend: APPLY,
    revert: REVERT,
    look: async (view) => {
      for (const name of await view.list('/etc/udev/rules.d'))
        if (/ENV\{UDISKS_IGNORE\}="1"/.test((await view.read(`/etc/udev/rules.d/${name}`)) ?? '')) return good(name)
      return bad('no rule')
    },
  },
  {
    id: 'core-dumps',
    what: 'a crash writes memory to the disk',
    wanted: 'no core, Storage=none, fs.suid_dumpable = 0',
    mend: APPLY,
    revert: REVERT,
    look: async (view) => {
      const pattern = await kernelSetting(view, 'kernel.core_pattern')
      const storage = await configured(view, '/etc/systemd/coredump.conf', 'Storage')
      const suid = await kernelSetting(view, 'fs.suid_dumpable')
      const nowhere =
        pattern === '|/bin/false' || (pattern?.includes('systemd-coredump') === true && storage === 'none')
      const found = `${pattern ?? 'unknown'}, Storage=${storage ?? 'default'}, suid_dumpable ${suid ?? 'unknown'}`
      return nowhere && suid === '0' ? good(found) : bad(found)
    },
  },
  {
    id: 'ptrace',
    what: 'one process may read another’s memory',
    wanted: 'kernel.yama.ptrace_scope ≥ 1',
    mend: APPLY,
    revert: REVERT,
    look: async (view) => {
      const scope = await kernelSetting(view, 'kernel.yama.ptrace_scope')
      return scope === null ? unseen('no Yama in this kernel') : Number(scope) >= 1 ? good(scope) : bad(scope)
    },
  },
  {
    id: 'time-sync',
    what: 'the clock is set by itself',
    wanted: 'synchronised',
    mend: 'systemctl enable --now systemd-timesyncd (or chrony), with the server of the province',
    revert: 'systemctl disable systemd-timesyncd',
    look: async (view) => {
      const said = (await view.run('timedatectl', ['show', '--property=NTPSynchronized', '--value']))?.trim()
      if (said === 'yes') return good('synchronised')
      if ((await view.facts('/run/systemd/timesync/synchronized')) !== null) return good('timesyncd')
      return said === undefined ? unseen('timedatectl does not answer') : bad('not synchronised')
    },
  },
  {
    id: 'firewall',
    what: 'a firewall is on',
    wanted: 'nftables with a policy of drop, firewalld or ufw, enabled',
    mend: 'adapt packaging/linux/nftables.conf.example to /etc/nftables.conf; systemctl enable --now nftables',
    revert: 'systemctl disable --now nftables',
    look: firewall,
  },
  {
    id: 'ssh',
    what: 'passwords are taken over the network',
    wanted: 'no ssh, or PasswordAuthentication no',
    mend: 'systemctl disable --now ssh, or PasswordAuthentication no in /etc/ssh/sshd_config.d/',
    revert: 'systemctl enable --now ssh',
    look: async (view) => {
      const wants = '/etc/systemd/system/multi-user.target.wants'
      const enabled = (await view.list(wants)).some((name) => /^(ssh|sshd)\.service$/.test(name))
      if (!enabled) return good('not enabled')
      const texts = [await view.read('/etc/ssh/sshd_config')]
      for (const name of await view.list('/etc/ssh/sshd_config.d'))
        texts.unshift(await view.read(`/etc/ssh/sshd_config.d/${name}`))
      // Of a keyword the first value counts, and the drop-ins are included at the top of the file.
      const first = texts
        .map((text) => /^\s*PasswordAuthentication\s+(\S+)/im.exec(text ?? '')?.[1])
        .find((one) => one !== undefined)
      return first?.toLowerCase() === 'no' ? good('keys only') : bad('passwords allowed')
    },
  },
]

const POWERFUL = new Set(['sudo', 'wheel', 'admin', 'adm', 'disk', 'docker', 'lxd', 'root', 'shadow'])

async function firewall(view: SystemView): Promise<Found> {
  const wants = [
    ...(await view.list('/etc/systemd/system/sysinit.target.wants')),
    ...(await view.list('/etc/systemd/system/multi-user.target.wants')),
  ]
  if (wants.includes('nftables.service')) {
    const text = ((await view.read('/etc/nftables.conf')) ?? '').replaceAll(/#.*$/gm, '')
    return /hook\s+input[^}]*policy\s+drop/.test(text) ? good('nftables') : bad('nftables without policy drop')
  }
  if (wants.includes('firewalld.service')) return good('firewalld')
  if (/^ENABLED=yes$/m.test((await view.read('/etc/ufw/ufw.conf')) ?? '')) return good('ufw')
  return bad('none')
}
