import type { App } from 'electron'

/** Chromium features a kiosk has no use for; each of them talks to the network or offers a way out of the page. */
const UNUSED_FEATURES = [
  'Translate',
  'MediaRouter',
  'HardwareMediaKeyHandling',
  'MediaSessionService',
  'GlobalMediaControls',
  'TouchpadOverscrollHistoryNavigation',
  'OverscrollHistoryNavigation',
  'AutofillServerCommunication',
  'CertificateTransparencyComponentUpdater',
]

const SWITCHES: Readonly<Record<string, string>> = {
  'disable-features': UNUSED_FEATURES.join(','),
  'disable-pinch': '',
  'overscroll-history-navigation': '0',
  'disable-background-networking': '',
  'disable-component-update': '',
  'disable-domain-reliability': '',
  // No crash dumps: a dump of a renderer would hold the citizen's data.
  'disable-breakpad': '',
  // No name is ever resolved for a page; the kiosk process has its own, separate way to the centre.
  'host-resolver-rules': 'MAP * ~NOTFOUND',
}

/** Switches that would open a door into a kiosk in service. */
const DOORS = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-allow-origins',
  'inspect',
  'inspect-brk',
  'js-flags',
]

/** Sets Chromium's switches; before the app is ready. */
export function harden(app: App, development: boolean): void {
  for (const [name, value] of Object.entries(SWITCHES)) app.commandLine.appendSwitch(name, value)
  if (development) return
  for (const door of DOORS) app.commandLine.removeSwitch(door)
}
