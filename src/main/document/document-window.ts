import { BrowserWindow, session, type Session, type WebContents } from 'electron'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DocumentToRender } from '../../ipc/messages.ts'
import type { Log } from '../../lib/log.ts'
import { lockSession } from '../guard/lock-down.ts'
import { scheme } from '../guard/origins.ts'
import type { DocumentWindow } from './document-press.ts'
import { documentHeaders, documentUrl, serveDocument } from './served.ts'

/** Opens a document in a window that is never shown: sandboxed, without preload, scripts of its own, network or memory. */
export function openDocumentWindow(document: DocumentToRender, appPath: string, log: Log): DocumentWindow {
  // No `persist:`: the session lives in memory. Only one window uses it at a time.
  const own = session.fromPartition('document', { cache: false })
  lockSession(own, log)
  serve(own, document, join(appPath, 'dist', 'renderer', 'fonts'))
  const window = new BrowserWindow({
    show: false,
    focusable: false,
    webPreferences: {
      session: own,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      images: false,
      webgl: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      disableDialogs: true,
      devTools: false,
      backgroundThrottling: false,
    },
  })
  const contents = window.webContents
  let over = false
  return {
    onCrash: (listener) => {
      contents.on('render-process-gone', (_event, { reason }) => {
        if (!over) listener(reason)
      })
    },
    toPdf: async () => {
      await contents.loadURL(documentUrl)
      return printWithFonts(contents)
    },
    destroy: async () => {
      over = true
      own.protocol.unhandle(scheme)
      if (!window.isDestroyed()) {
        // The process itself goes, with every byte it knew, also when it is frozen.
        contents.forcefullyCrashRenderer()
        window.destroy()
      }
      await Promise.all([own.clearStorageData(), own.clearCache()])
    },
  }
}

/**
 * Lays the page out, which is when its fonts are asked for, and waits until they are there. It runs beside the page, in a
 * world of its own, where the page's policy (no script at all) does not reach.
 */
const FONTS_READY = `document.body.offsetHeight
document.fonts.ready.then((fonts) => [...fonts].filter((font) => font.status === 'error').length)`
const OWN_WORLD = 1000

async function printWithFonts(contents: WebContents): Promise<Uint8Array<ArrayBuffer>> {
  const missing: unknown = await contents.executeJavaScriptInIsolatedWorld(OWN_WORLD, [{ code: FONTS_READY }])
  if (missing !== 0) throw new Error(`${String(missing)} fonts cannot be read`)
  return new Uint8Array(await contents.printToPDF({ preferCSSPageSize: true, printBackground: true }))
}

/** Serves the job and our fonts, and nothing else. */
function serve(own: Session, document: DocumentToRender, fonts: string): void {
  own.protocol.handle(scheme, async (request) => {
    const served = request.method === 'GET' ? serveDocument(document, fonts, request.url) : null
    if (served === null) return new Response(null, { status: 404, headers: documentHeaders })
    const headers = { ...documentHeaders, 'content-type': served.type }
    if (served.kind === 'text') return new Response(served.text, { headers })
    const bytes = await readFile(served.path).catch(() => null)
    if (bytes === null) return new Response(null, { status: 404, headers: documentHeaders })
    return new Response(new Uint8Array(bytes), { headers })
  })
}
