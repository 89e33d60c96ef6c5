import { WebContentsView, type Session } from 'electron'
import { coverHost, scheme } from '../guard/origins.ts'
import type { Cover } from '../supervise/cover.ts'
import { BACKGROUND, type Stage } from './window.ts'

/** The plain pages over the screens: static, without any script, loaded only while they are needed. */
export class CoverView {
  private readonly stage: Stage
  private readonly session: Session
  private view: WebContentsView | null = null
  private cover: Cover = { kind: 'none' }

  constructor(stage: Stage, session: Session) {
    this.stage = stage
    this.session = session
  }

  show(cover: Cover): void {
    if (JSON.stringify(cover) === JSON.stringify(this.cover)) return
    this.cover = cover
    const old = this.view
    this.view = cover.kind === 'none' ? null : this.open(cover.kind)
    if (old === null) return
    this.stage.remove(old)
    old.webContents.close({ waitForBeforeUnload: false })
  }

  /** Keeps the cover in front when another page comes to the front. */
  raise(): void {
    if (this.view !== null) this.stage.addInFront(this.view)
  }

  private open(page: 'recovering' | 'out-of-service'): WebContentsView {
    const view = new WebContentsView({
      webPreferences: {
        session: this.session,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        javascript: false,
        devTools: false,
        disableDialogs: true,
        spellcheck: false,
      },
    })
    view.setBackgroundColor(BACKGROUND)
    this.stage.addInFront(view)
    void view.webContents.loadURL(`${scheme}://${coverHost}/${page}.html`).catch(() => undefined)
    return view
  }
}
