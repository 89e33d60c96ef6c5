import type { App, BaseWindow } from 'electron'

/** Lets the children end in order before the app does; in service nobody closes the window. */
export function quitOrderly(app: App, stop: () => Promise<void>): void {
  let stopped = false
  let stopping = false
  app.on('before-quit', (event) => {
    if (stopped) return
    event.preventDefault()
    if (stopping) return
    stopping = true
    void stop().finally(() => {
      stopped = true
      app.quit()
    })
  })
}

/** In service the window cannot be closed (Alt+F4, a window manager's cross); in development closing it ends the app. */
export function guardClose(app: App, window: BaseWindow, development: boolean): void {
  let quitting = false
  app.on('before-quit', () => {
    quitting = true
  })
  window.on('close', (event) => {
    if (!development && !quitting) event.preventDefault()
  })
  window.on('closed', () => {
    app.quit()
  })
}
