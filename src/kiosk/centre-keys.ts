import { TrustedKeys, type KeyPins } from '../central/client/trusted-keys.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { mustRead, mustWrite } from '../store/must.ts'
import type { Store, StoreWriter } from '../store/store.ts'
import { addEvent } from './services/annual-review/records.ts'

const SETTING = 'centre.signing-keys'

/** With a new enrolment the kiosk believes the first set anew: the way out when a signing key was stolen. */
export function forgetKeyPins(tx: StoreWriter): void {
  tx.settings.remove(SETTING)
}

/**
 * The centre's signing keys as the store knows them, since the first set after the enrolment. Keys that come from nowhere
 * are an alarm, once for each key: a hostile centre, or one between us and ours, would otherwise sign what we print.
 */
export function storedKeyPins(store: Store, clock: Clock, log: Log): KeyPins {
  const alarmed = new Set<string>()
  return {
    read() {
      const value = mustRead(store, (view) => view.settings.get(SETTING))
      const known = TrustedKeys.safeParse(value)
      return known.success ? known.data : null
    },
    write(keys) {
      mustWrite(store, (tx) => {
        tx.settings.set(SETTING, keys)
        const detail = { keys: Object.keys(keys).join(' ') }
        tx.audit.append({ actor: 'centre', action: 'centre.keys', target: 'centre', result: 'OK', detail })
      })
    },
    alarm({ code, kid }) {
      log.error('security.tamper', { code, kid })
      if (alarmed.has(kid)) return
      alarmed.add(kid)
      mustWrite(store, (tx) => {
        const detail = { code, kid }
        tx.audit.append({ actor: 'kiosk', action: 'security.tamper', target: 'centre', result: 'REFUSED', detail })
        addEvent(tx, 'TAMPER', `signing keys: ${code} ${kid}`, clock.now())
      })
    },
  }
}
