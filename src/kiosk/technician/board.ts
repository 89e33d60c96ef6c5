import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import { mustRead } from '../../store/must.ts'
import { rowOf } from './device-row.ts'
import { settleFinding, unknownPrints } from './findings.ts'
import type { Desk, Page } from './page.ts'

type Board = Extract<ConsoleView, { screen: 'S91' }>

/** S91: every device and what it says, what is closed, and the prints whose outcome nobody knows. */
export class BoardPage implements Page {
  readonly held = false
  readonly task = ''
  private readonly desk: Desk
  private readonly forget: () => void
  /** What this member found in the printer, while the second person is being asked. */
  private readonly found = new Map<string, 'SEEN' | 'NOT_SEEN'>()
  private remark: TextRef | null = null
  private asking = false

  constructor(desk: Desk) {
    this.desk = desk
    this.forget = desk.rooms.devices.onChange(desk.changed)
  }

  view(): Board {
    const { rooms, member } = this.desk
    const { last, parked, unknown } = mustRead(rooms.store, (view) => ({
      last: view.readiness.last(),
      parked: view.outbox.depth().parked,
      unknown: unknownPrints(view.endorsements),
    }))
    return {
      screen: 'S91',
      staffName: member.name,
      devices: rooms.devices.devices().map((device) => rowOf(rooms, device)),
      closings: [...rooms.closings()],
      lastReadiness: last === undefined ? null : { at: last.at, verdict: last.verdict },
      findings: unknown.map((print) => ({ ...print, first: this.found.get(print.key) ?? null })),
      parked,
      remark: this.remark,
    }
  }

  receive(intent: ConsoleIntent): void {
    switch (intent.type) {
      case 'CONSOLE_FINDING':
        this.found.set(intent.key, intent.seen ? 'SEEN' : 'NOT_SEEN')
        this.remark = null
        break
      case 'CONSOLE_WITNESS':
        this.askWitness(intent)
        break
      case 'CONSOLE_CANCEL':
        this.found.clear()
        this.remark = null
        break
      default:
        return
    }
    this.desk.changed()
  }

  close(): void {
    this.forget()
  }

  private askWitness({ key, staffId, pin, seen }: Extract<ConsoleIntent, { type: 'CONSOLE_WITNESS' }>): void {
    const first = this.found.get(key)
    if (first === undefined || this.asking) return
    this.asking = true
    this.desk.work(async () => {
      const witness = await this.desk.witness(staffId, pin)
      this.asking = false
      if (witness === 'LOCKED' || witness === 'WRONG') {
        this.remark = text(witness === 'LOCKED' ? 'console.remark.locked' : 'console.remark.witnessRefused')
      } else if (first !== (seen ? 'SEEN' : 'NOT_SEEN')) {
        // Two people who saw different things found nothing.
        this.found.delete(key)
        this.remark = text('console.remark.findingsDiffer')
        this.desk.record({
          action: 'finding.disputed',
          target: key,
          result: 'REFUSED',
          detail: { witness: witness.id },
        })
      } else {
        this.found.delete(key)
        const settled = settleFinding(this.desk, key, first, witness)
        this.remark = text(settled ? 'console.remark.findingTaken' : 'console.remark.findingGone')
      }
      this.desk.changed()
    })
  }
}
