/** One file or link that `--apply` puts into place, and `--revert` takes away again. */
export type DropIn =
  | { readonly kind: 'file'; readonly path: string; readonly source: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

const file = (path: string, source: string, mode = 0o644): DropIn => ({ kind: 'file', path, source, mode })

const UNITS = '/etc/systemd/system'

/** Only files of our own name: nothing that a distribution or a person wrote is edited. Sources: `packaging/linux`. */
export const DROP_INS: readonly DropIn[] = [
  file(`${UNITS}/road-transport-kiosk.service`, 'road-transport-kiosk.service'),
  file(`${UNITS}/kiosk-usb@.service`, 'kiosk-usb@.service'),
  file('/usr/local/lib/kiosk/kiosk-session', 'kiosk-session', 0o755),
  file('/etc/udev/rules.d/70-kiosk-devices.rules', '70-kiosk-devices.rules'),
  file('/etc/udev/rules.d/71-kiosk-usb-policy.rules', '71-kiosk-usb-policy.rules'),
  file('/etc/sysctl.d/90-kiosk.conf', '90-kiosk-sysctl.conf'),
  file('/etc/X11/xorg.conf.d/90-kiosk.conf', '90-kiosk-xorg.conf'),
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
