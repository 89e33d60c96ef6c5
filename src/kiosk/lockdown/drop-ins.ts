/** One file or link that `--apply` puts into place, and `--revert` takes away again. */
export type DropIn =
  | { readonly kind: 'file'; readonly path: string; readonly source: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

const file = (path: string, source: string, mode = 0o644): DropIn => ({ kind: 'file', path, source, mode })

const UNITS = '/etc/systemd/system'

/** What shows the kiosk: an X server of its own, or cage, a Wayland compositor for one program. */
export const SESSIONS = ['x11', 'wayland'] as const
export type Session = (typeof SESSIONS)[number]

/** The unit's drop-in that puts cage in the place of X; that it is there says which of the two runs. */
export const WAYLAND_DROP_IN = `${UNITS}/road-transport-kiosk.service.d/90-wayland.conf`

/** Only files of our own name: nothing that a distribution or a person wrote is edited. Sources: `packaging/linux`. */
export function dropInsFor(session: Session): readonly DropIn[] {
  return [...COMMON, ...OF_SESSION[session]]
}

const OF_SESSION: Readonly<Record<Session, readonly DropIn[]>> = {
  x11: [file('/etc/X11/xorg.conf.d/90-kiosk.conf', '90-kiosk-xorg.conf')],
  wayland: [file(WAYLAND_DROP_IN, '90-kiosk-wayland.conf')],
}

const COMMON: readonly DropIn[] = [
  file(`${UNITS}/road-transport-kiosk.service`, 'road-transport-kiosk.service'),
  file(`${UNITS}/kiosk-usb@.service`, 'kiosk-usb@.service'),
  file('/usr/local/lib/kiosk/kiosk-run', 'kiosk-run', 0o755),
  file('/usr/local/lib/kiosk/kiosk-session', 'kiosk-session', 0o755),
  file('/etc/udev/rules.d/70-kiosk-devices.rules', '70-kiosk-devices.rules'),
  file('/etc/udev/rules.d/71-kiosk-usb-policy.rules', '71-kiosk-usb-policy.rules'),
  file('/etc/sysctl.d/90-kiosk.conf', '90-kiosk-sysctl.conf'),
  file('/etc/systemd/system.conf.d/90-kiosk.conf', '90-kiosk-system.conf'),
  file('/etc/systemd/logind.conf.d/90-kiosk.conf', '90-kiosk-logind.conf'),
  file('/etc/systemd/coredump.conf.d/90-kiosk.conf', '90-kiosk-coredump.conf'),
  file('/etc/modprobe.d/90-kiosk.conf', '90-kiosk-modprobe.conf'),
  file('/etc/polkit-1/rules.d/90-kiosk.rules', '90-kiosk-polkit.rules'),
  { kind: 'link', path: `${UNITS}/ctrl-alt-del.target`, target: '/dev/null' },
  {
    kind: 'link',
    path: `${UNITS}/graphical.target.wants/road-transport-kiosk.service`,
    target: `${UNITS}/road-transport-kiosk.service`,
  },
]

/** What makes the drop-ins known without a restart of the computer. Not run for a tree somewhere else. */
export const RELOADS: readonly (readonly [string, ...string[]])[] = [
  ['systemctl', 'daemon-reload'],
  ['sysctl', '--system'],
  ['udevadm', 'control', '--reload'],
]
