import type { Clock } from '../../lib/clock.ts'
import type { ScannerDriverName } from './protocol/protocol.ts'
import { Gm65Head } from './simulated-gm65.ts'
import type { Say, SimulatedHead } from './simulated-family.ts'
import { HoneywellHead, NewlandHead } from './simulated-menu-heads.ts'
import { SsiHead } from './simulated-ssi.ts'

/** The protocol side of a simulated scanner of this family. */
export function simulatedHead(family: ScannerDriverName, clock: Clock, say: Say): SimulatedHead {
  switch (family) {
    case 'honeywell':
      return new HoneywellHead(say)
    case 'newland':
      return new NewlandHead(say)
    case 'gm65':
      return new Gm65Head(say)
    case 'ssi':
      return new SsiHead(clock, say)
    case 'serial':
    case 'keyboard-wedge':
      return {
        lit: true,
        hear: () => undefined,
        read: (text, suffix) => say('code', Buffer.concat([text, suffix])),
        stop: () => undefined,
      }
  }
}
