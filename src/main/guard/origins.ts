/** Scheme of everything the kiosk shows. Nothing else is ever loaded. */
export const scheme = 'kiosk'

/** Host of the screens; the only page that may use the camera. */
export const appHost = 'app'
/** Host of the static pages shown over the screens. */
export const coverHost = 'cover'
/** Host of the dock, in development. */
export const dockHost = 'dock'

/** Whether any page may request `url`: our own scheme, and data the page made itself. */
export function mayRequest(url: string): boolean {
  const parsed = parse(url)
  return (
    parsed !== null && (parsed.protocol === `${scheme}:` || parsed.protocol === 'data:' || parsed.protocol === 'blob:')
  )
}

/** Whether `url` belongs to the screens. */
export function isApp(url: string): boolean {
  const parsed = parse(url)
  return parsed?.protocol === `${scheme}:` && parsed.host === appHost
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null
}
