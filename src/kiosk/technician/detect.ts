import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import { boundDevice } from './binding.ts'
import type { Desk, Page } from './page.ts'
import type { Found } from './rooms.ts'

type DetectView = Extract<ConsoleView, { screen: 'S93' }>

/** S93: what is plugged in, and which role it shall have. Binding changes the draft of the site file, nothing else. */
export class DetectPage implements Page {
  private readonly desk: Desk
  private search: AbortController | null = null
  private step: TextRef | null = null
  private found: readonly Found[] | null = null

  constructor(desk: Desk) {
    this.desk = desk
  }

  get task(): string {
    return this.stage
  }

  get held(): boolean {
    return this.search !== null
  }

  view(): DetectView {
    return {
      screen: 'S93',
      stage: this.stage,
      step: this.step,
      found: (this.found ?? []).map(({ id, kind, address, identity, boundTo, guess, report }) => ({
        ...{ id, kind, address, identity, boundTo, guess },
        report: [...report],
      })),
      roles: this.desk.rooms.devices
        .roles()
        .map(({ role, drivers }) => ({ role, name: text(`device.name.${role}`), drivers: [...drivers] })),
    }
  }

  receive(intent: ConsoleIntent): void {
    switch (intent.type) {
      case 'CONSOLE_DETECT':
        this.look()
        break
      case 'CONSOLE_CANCEL':
        this.search?.abort()
        break
      case 'CONSOLE_BIND':
        this.bind(intent)
        return
      default:
        return
    }
    this.desk.changed()
  }

  close(): void {
    this.search?.abort()
  }

  private get stage(): DetectView['stage'] {
    if (this.search !== null) return 'SEARCHING'
    return this.found === null ? 'IDLE' : 'DONE'
  }

  private look(): void {
    if (this.search !== null) return
    const search = new AbortController()
    this.search = search
    this.desk.work(async () => {
      const found = await this.desk.rooms.devices.discover((step) => {
        this.step = step
        this.desk.changed()
      }, search.signal)
      this.search = null
      this.step = null
      this.found = found
      this.desk.record({ action: 'device.detected', target: 'ports', detail: { found: found.length } })
      this.desk.changed()
    })
  }

  private bind({ id, role, driver }: Extract<ConsoleIntent, { type: 'CONSOLE_BIND' }>): void {
    const found = this.found?.find((one) => one.id === id)
    const known = this.desk.rooms.devices.roles().find((one) => one.role === role)
    if (found === undefined || known?.drivers.includes(driver) !== true) return
    const { draft, go } = this.desk
    const device = boundDevice({ role, driver }, found, draft.deviceOf(role))
    if (device === null) return
    draft.put(['devices', role], device)
    // One device has one role: the former one has to find another.
    if (found.boundTo !== null && found.boundTo !== role) draft.put(['devices', found.boundTo], undefined)
    go('S99')
  }
}
