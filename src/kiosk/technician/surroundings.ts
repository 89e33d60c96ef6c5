import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { text } from '../../ipc/text.ts'
import type { Desk, Page } from './page.ts'
import { centreFacts, clockFacts, keyFacts, networkFacts, type Fact } from './surroundings-facts.ts'

type SurroundingsView = Extract<ConsoleView, { screen: 'S98' }>

/** S98: network, time, centre, keys. Measured when the screen opens and when asked again; every question is bounded. */
export class SurroundingsPage implements Page {
  readonly held = false
  private readonly desk: Desk
  private stage: SurroundingsView['stage'] = 'CHECKING'
  private groups: SurroundingsView['groups'] = []
  private closed = false

  constructor(desk: Desk) {
    this.desk = desk
    this.check()
  }

  get task(): string {
    return this.stage
  }

  view(): SurroundingsView {
    return { screen: 'S98', stage: this.stage, groups: this.groups }
  }

  receive(intent: ConsoleIntent): void {
    if (intent.type !== 'CONSOLE_REFRESH' || this.stage === 'CHECKING') return
    this.stage = 'CHECKING'
    this.check()
    this.desk.changed()
  }

  close(): void {
    this.closed = true
  }

  private check(): void {
    const { rooms } = this.desk
    this.desk.work(async () => {
      const [network, centre, clock] = await Promise.all([networkFacts(rooms), centreFacts(rooms), clockFacts(rooms)])
      const keys = await keyFacts(rooms)
      if (this.closed) return
      const group = (key: string, facts: readonly Fact[]): SurroundingsView['groups'][number] => ({
        title: text(key),
        facts: [...facts],
      })
      this.groups = [
        group('console.group.network', network),
        group('console.group.centre', centre),
        group('console.group.clock', clock),
        group('console.group.keys', keys),
      ]
      this.stage = 'DONE'
      this.desk.changed()
    })
  }
}
