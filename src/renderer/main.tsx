import './styles.css'
import { StrictMode, useMemo, useSyncExternalStore, type ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import type { KioskBridge } from '../ipc/bridge.ts'
import { App } from './app.tsx'
import { IntentSender } from './link/intent-sender.ts'
import { KioskContext, type KioskLink } from './link/kiosk-context.tsx'
import { SnapshotStore } from './link/snapshot-store.ts'
import { guardTouch } from './link/touch-guard.ts'
import { takeWedgeKeys } from './link/wedge.ts'
import { createTexts } from './text/texts.ts'

declare global {
  interface Window {
    readonly kiosk: KioskBridge
  }
}

const bridge = window.kiosk
const store = new SnapshotStore(bridge)
const sender = new IntentSender(
  bridge,
  () => store.get()?.viewId ?? 0,
  () => performance.now(),
)
// Before everything else that listens to keys: what a scanner types is nobody's on the page.
takeWedgeKeys(
  document,
  () => store.get()?.wedge === true,
  (key) => bridge.sendKey(key),
)
guardTouch(document, () => sender.fingerDown())

const send: KioskLink['send'] = (intent) => sender.send(intent)

function Root(): ReactElement | null {
  const snapshot = useSyncExternalStore(store.subscribe, store.get)
  const link = useMemo<KioskLink | null>(() => snapshot && { snapshot, send, bridge }, [snapshot])
  return link && <KioskContext value={link}>{<App />}</KioskContext>
}

const root = document.getElementById('root')
if (root === null) throw new Error('no #root in the page')
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={createTexts()}>
      <Root />
    </I18nextProvider>
  </StrictMode>,
)
