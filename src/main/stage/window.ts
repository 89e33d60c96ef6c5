import { BaseWindow, screen, type WebContentsView } from 'electron'

/** The canvas the screens are drawn for, in CSS pixels. */
const CANVAS = { width: 1080, height: 1920 } as const

/** Ground of the screens (the `--c-paper` token), so that nothing flashes white before a page has drawn. */
export const BACKGROUND = '#f3f6f9'

/** A window with views stacked in it, each filling it. */
export interface Stage {
  readonly window: BaseWindow
  /** Adds `view` behind all others. */
  addBehind(view: WebContentsView): void
  /** Puts `view` in front of all others. */
  addInFront(view: WebContentsView): void
  remove(view: WebContentsView): void
}

/** Full screen in service; in development a window of the canvas's shape, as large as the screen allows. */
export function openStage(windowed: boolean): Stage {
  const window = new BaseWindow({
    ...(windowed ? windowedBounds() : screen.getPrimaryDisplay().bounds),
    kiosk: !windowed,
    fullscreen: !windowed,
    frame: false,
    resizable: false,
    minimizable: false,
    maximizable: false,
    movable: windowed,
    autoHideMenuBar: true,
    backgroundColor: BACKGROUND,
    title: '道路运政自助服务终端',
  })
  window.removeMenu()
  const views = new Set<WebContentsView>()
  const fit = (view: WebContentsView): void => {
    const { width, height } = window.getContentBounds()
    view.setBounds({ x: 0, y: 0, width, height })
    if (windowed) view.webContents.setZoomFactor(Math.min(1, width / CANVAS.width))
  }
  window.on('resize', () => {
    for (const view of views) fit(view)
  })
  const add = (view: WebContentsView, index?: number): void => {
    views.add(view)
    window.contentView.addChildView(view, index)
    fit(view)
  }
  return {
    window,
    addBehind: (view) => {
      add(view, 0)
    },
    addInFront: (view) => {
      add(view)
    },
    remove: (view) => {
      // At the end the window may go before what is in it.
      if (views.delete(view) && !window.isDestroyed()) window.contentView.removeChildView(view)
    },
  }
}

function windowedBounds(): { x: number; y: number; width: number; height: number } {
  const { x, y, width, height } = screen.getPrimaryDisplay().workArea
  const scale = Math.min(1, width / CANVAS.width, height / CANVAS.height)
  return { x, y, width: Math.floor(CANVAS.width * scale), height: Math.floor(CANVAS.height * scale) }
}
