import type { App, Session, WebContents } from 'electron'
import type { Log } from '../../lib/log.ts'
import { isForbiddenKey } from './keys.ts'
import { mayRequest } from './origins.ts'
import { mayUse } from './permissions.ts'

/** Everything a session could do on its own is refused, except loading our own files and the camera of our own page. */
export function lockSession(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const media = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    const question = { permission, origin: details.requestingUrl, isMainFrame: details.isMainFrame, media }
    const allowed = mayUse(question)
    if (!allowed) log.warn('permission-refused', { permission })
    answer(allowed)
  })
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    mayUse({ permission, origin, isMainFrame: details.isMainFrame, media: [details.mediaType ?? ''] }),
  )
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler(null)
  session.webRequest.onBeforeRequest((details, answer) => {
    const allowed = mayRequest(details.url)
    if (!allowed) log.warn('request-refused', { resourceType: details.resourceType })
    answer({ cancel: !allowed })
  })
  session.on('will-download', (event) => {
    event.preventDefault()
    log.warn('download-refused')
  })
  session.setSpellCheckerEnabled(false)
}

/** Every web contents ever made stays on the page it was made for and opens no other. */
export function lockContents(app: App, development: boolean, log: Log): void {
  app.on('web-contents-created', (_event, contents) => {
    lockOne(contents, development, log)
  })
  for (const event of ['certificate-error', 'login', 'select-client-certificate'] as const) {
    app.on(event as 'login', (happened) => {
      happened.preventDefault()
    })
  }
}

function lockOne(contents: WebContents, development: boolean, log: Log): void {
  const refuse = (what: string) => (event: { preventDefault(): void }) => {
    event.preventDefault()
    log.warn('navigation-refused', { what })
  }
  contents.on('will-navigate', refuse('navigate'))
  contents.on('will-frame-navigate', refuse('frame-navigate'))
  contents.on('will-redirect', refuse('redirect'))
  contents.on('will-attach-webview', refuse('webview'))
  contents.on('context-menu', (event) => {
    event.preventDefault()
  })
  contents.setWindowOpenHandler(() => {
    log.warn('navigation-refused', { what: 'window-open' })
    return { action: 'deny' }
  })
  contents.on('before-input-event', (event, input) => {
    if (development && input.key.toUpperCase() === 'I' && input.control && input.shift) return
    if (isForbiddenKey(input)) event.preventDefault()
  })
  contents.on('will-prevent-unload', (event) => {
    // A page never keeps itself alive.
    event.preventDefault()
  })
}
