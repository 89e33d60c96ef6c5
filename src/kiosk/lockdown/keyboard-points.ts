import { APPLY, bad, configured, good, kernelSetting, REVERT, type Found, type Point } from './point.ts'
import { WAYLAND_DROP_IN } from './drop-ins.ts'
import type { SystemView } from './system-view.ts'

/** Keys and windows: ways out of the screen. */
export const keyboardPoints: readonly Point[] = [
  {
    id: 'sysrq',
    what: 'the magic keys of the kernel',
    wanted: 'kernel.sysrq = 0',
    mend: APPLY,
    revert: REVERT,
    look: async (view) => {
      const value = await kernelSetting(view, 'kernel.sysrq')
      return value === '0' ? good(value) : bad(value ?? 'unknown')
    },
  },
  {
    id: 'ctrl-alt-del',
    what: 'Ctrl-Alt-Del restarts the computer',
    wanted: 'ctrl-alt-del.target masked, CtrlAltDelBurstAction=none',
    mend: APPLY,
    revert: REVERT,
    look: async (view) => {
      const target = await view.facts('/etc/systemd/system/ctrl-alt-del.target')
      const burst = await configured(view, '/etc/systemd/system.conf', 'CtrlAltDelBurstAction')
      const masked = target?.link === '/dev/null'
      const found = `${masked ? 'masked' : 'not masked'}, burst ${burst ?? 'default'}`
      return masked && burst === 'none' ? good(found) : bad(found)
    },
  },
  {
    id: 'vt-switch',
    what: 'Ctrl-Alt-F1 leads to another terminal',
    wanted: 'DontVTSwitch true, or cage without -s',
    mend: APPLY,
    revert: REVERT,
    look: (view) => display(view, 'DontVTSwitch', 'true'),
  },
  {
    id: 'vt-zap',
    what: 'Ctrl-Alt-Backspace ends the display',
    wanted: 'DontZap true, or cage',
    mend: APPLY,
    revert: REVERT,
    look: (view) => display(view, 'DontZap', 'true'),
  },
  {
    id: 'logins',
    what: 'logins on other terminals',
    wanted: 'NAutoVTs=0, ReserveVT=0',
    mend: APPLY,
    revert: REVERT,
    look: async (view) => {
      const [auto, reserved] = [
        await configured(view, '/etc/systemd/logind.conf', 'NAutoVTs'),
        await configured(view, '/etc/systemd/logind.conf', 'ReserveVT'),
      ]
      const found = `NAutoVTs=${auto ?? 'default'}, ReserveVT=${reserved ?? 'default'}`
      return auto === '0' && reserved === '0' ? good(found) : bad(found)
    },
  },
  {
    id: 'window-manager',
    what: 'window managers, desktops and login screens with menus',
    wanted: 'none runs',
    mend: 'systemctl disable --now display-manager; uninstall the desktop',
    revert: 'systemctl enable --now display-manager',
    look: async (view) => {
      const running = await processes(view)
      const found = running.filter((name) => DESKTOPS.some((desktop) => name.startsWith(desktop.slice(0, 15))))
      return found.length === 0 ? good('none') : bad([...new Set(found)].join(', '))
    },
  },
  {
    id: 'blanking',
    what: 'the screen goes dark',
    wanted: 'BlankTime 0, or cage',
    mend: APPLY,
    revert: REVERT,
    look: (view) => display(view, 'BlankTime', '0'),
  },
]

/** Of GNOME, KDE, Xfce, 麒麟 UKUI, 统信 DDE and the small ones. */
const DESKTOPS = [
  'gnome-shell',
  'mutter',
  'kwin_x11',
  'kwin_wayland',
  'plasmashell',
  'xfwm4',
  'xfce4-panel',
  'ukui-kwin',
  'ukui-panel',
  'ukui-session',
  'dde-desktop',
  'dde-dock',
  'deepin-kwin',
  'openbox',
  'fluxbox',
  'lightdm-gtk-greeter',
  'gdm-x-session',
  'sddm-greeter',
] as const

async function processes(view: SystemView): Promise<readonly string[]> {
  const ids = (await view.list('/proc')).filter((name) => /^\d+$/.test(name))
  const names = await Promise.all(ids.map((id) => view.read(`/proc/${id}/comm`)))
  return names.flatMap((name) => (name === null ? [] : [name.trim()]))
}

/** Whatever shows the kiosk. Cage has no key that ends it and darkens no screen; other terminals it knows with `-s` only. */
async function display(view: SystemView, option: string, wanted: string): Promise<Found> {
  const cage = /^ExecStart=\S+ \S+\/cage (.*?) ?-- /m.exec((await view.read(WAYLAND_DROP_IN)) ?? '')?.[1]
  if (cage === undefined) return xorgFlag(view, option, wanted)
  return option === 'DontVTSwitch' && /(^| )-\w*s/.test(cage) ? bad(`cage ${cage}`) : good('cage')
}

const XORG_FOLDERS = ['/usr/share/X11/xorg.conf.d', '/etc/X11/xorg.conf.d'] as const

async function xorgFlag(view: SystemView, option: string, wanted: string): Promise<Found> {
  const paths = ['/etc/X11/xorg.conf']
  for (const folder of XORG_FOLDERS)
    for (const name of await view.list(folder)) if (name.endsWith('.conf')) paths.push(`${folder}/${name}`)
  let value: string | null = null
  for (const path of paths) {
    const text = ((await view.read(path)) ?? '').replaceAll(/^\s*#.*$/gm, '')
    for (const match of text.matchAll(new RegExp(`^\\s*Option\\s+"${option}"\\s+"([^"]*)"`, 'gim')))
      value = match[1] ?? null
  }
  const same = value !== null && (wanted === 'true' ? /^(true|on|yes|1)$/i.test(value) : value === wanted)
  return same ? good(`${option} ${value}`) : bad(`${option} ${value ?? 'not set'}`)
}
