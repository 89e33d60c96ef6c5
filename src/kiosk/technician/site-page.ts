import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import { exportBundle } from './bundle.ts'
import { dryRun } from './dry-run.ts'
import type { Desk, Page } from './page.ts'
import { applyDraft } from './apply.ts'
import { namedProblem } from './site-problem.ts'
import { fixedIn } from './site-seal.ts'
import { lastChange } from './trial.ts'
import { fieldWords, groupWords } from './words.ts'

type SiteView = Extract<ConsoleView, { screen: 'S99' }>

/** S99: the site file field by field, tried before it is applied; and the log bundle. */
export class SitePage implements Page {
  readonly held = false
  private readonly desk: Desk
  private readonly leave = new AbortController()
  private readonly isFixed: (path: string) => boolean
  private stage: SiteView['stage'] = 'EDIT'
  private problems: readonly string[] = []
  /** The text that was tried without complaint. */
  private triedText: string | null = null
  private bundle: { state: SiteView['bundle']['state']; words: TextRef | null } = { state: 'IDLE', words: null }

  constructor(desk: Desk) {
    this.desk = desk
    this.isFixed = fixedIn(desk.rooms.sitePath)
    if (desk.draft.changes().length > 0) this.stage = 'REVIEW'
  }

  get task(): string {
    return this.stage
  }

  view(): SiteView {
    const { draft, rooms } = this.desk
    const checked = draft.check()
    const complaints = checked.ok ? [] : checked.error
    const groups = new Map<string, SiteView['groups'][number]['fields']>()
    const fields = draft.fields()
    const shown = new Set(fields.map(({ path }) => path.join('.')))
    for (const { path, help, kind, choices, value, isDefault } of fields) {
      const name = path.join('.')
      const group = path.length === 1 ? 'general' : path[0] === 'devices' ? path.slice(0, 2).join('.') : (path[0] ?? '')
      const problem = complaints.find((complaint) => complaint.path === name)?.words ?? null
      const list = groups.get(group) ?? []
      list.push({
        ...{ path: name, help: fieldWords(path) ?? help, kind, choices: [...choices], value, isDefault, problem },
        fixed: this.isFixed(name),
      })
      groups.set(group, list)
    }
    const loose = complaints.filter(({ path }) => !shown.has(path)).map(namedProblem)
    const last = lastChange(rooms.dataDir)
    return {
      screen: 'S99',
      stage: this.stage,
      groups: [...groups].map(([group, list]) => ({ title: groupWords(group), fields: list })),
      changes: [...draft.changes()],
      problems: [...new Set([...loose, ...this.problems])],
      tried: this.triedText === draft.text && draft.changes().length > 0,
      lastChange: last === null ? null : { at: last.at, outcome: last.outcome },
      bundle: this.bundle,
    }
  }

  receive(intent: ConsoleIntent): void {
    const { draft } = this.desk
    if (this.stage === 'APPLYING') return
    switch (intent.type) {
      case 'CONSOLE_EDIT':
        if (this.isFixed(intent.path)) return
        draft.edit(intent.path, intent.value)
        this.problems = []
        break
      case 'CONSOLE_DISCARD':
        draft.discard()
        this.problems = []
        this.stage = 'EDIT'
        break
      case 'CONSOLE_CANCEL':
        this.stage = 'EDIT'
        break
      case 'CONSOLE_DRY_RUN':
        this.try()
        break
      case 'CONSOLE_APPLY':
        if (this.triedText === draft.text && draft.changes().length > 0) this.apply()
        break
      case 'CONSOLE_EXPORT_LOGS':
        this.pack()
        break
      default:
        return
    }
    this.desk.changed()
  }

  close(): void {
    this.leave.abort()
  }

  private try(): void {
    const { draft, rooms } = this.desk
    const { text: tried } = draft
    this.desk.work(async () => {
      const problems = await dryRun(draft, rooms.clock)
      // Somebody typed on meanwhile: what was tried is not what stands there now.
      if (draft.text !== tried) return
      this.problems = problems
      this.triedText = problems.length === 0 ? tried : null
      this.stage = 'REVIEW'
      this.desk.record({ action: 'site.tried', target: 'site', result: problems.length === 0 ? 'OK' : 'REFUSED' })
      this.desk.changed()
    })
  }

  private apply(): void {
    this.stage = 'APPLYING'
    const applied = applyDraft(this.desk)
    if (applied.ok) return
    this.stage = 'REVIEW'
    this.problems = [applied.error.detail]
  }

  private pack(): void {
    if (this.bundle.state === 'PACKING') return
    this.bundle = { state: 'PACKING', words: null }
    this.desk.work(async () => {
      const written = await exportBundle(this.desk.rooms)
      const detail = written.ok ? { bytes: written.value.bytes, sha256: written.value.sha256 } : { code: written.error }
      this.desk.record({ action: 'logs.exported', target: 'usb', result: written.ok ? 'OK' : 'FAILED', detail })
      this.bundle = written.ok
        ? { state: 'DONE', words: text('console.remark.bundleDone', { file: written.value.file }) }
        : { state: 'FAILED', words: text(`console.remark.bundle.${written.error}`) }
      this.desk.changed()
    })
  }
}
