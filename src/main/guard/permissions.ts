import { isApp } from './origins.ts'

export interface PermissionQuestion {
  /** Electron's name of the permission. */
  readonly permission: string
  /** Origin or URL of the page that asks. */
  readonly origin: string
  readonly isMainFrame: boolean
  /** For `media`: what is asked for. */
  readonly media: readonly string[]
}

/** The camera, for our own screens: nothing else is ever allowed. Sound is not recorded. */
export function mayUse({ permission, origin, isMainFrame, media }: PermissionQuestion): boolean {
  return (
    permission === 'media' &&
    isMainFrame &&
    isApp(origin) &&
    media.length > 0 &&
    media.every((kind) => kind === 'video')
  )
}
