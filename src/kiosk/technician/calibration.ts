import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import { applyDraft } from './apply.ts'
import { dryRun } from './dry-run.ts'
import type { Desk, Page } from './page.ts'
import type { Offsets } from './rooms.ts'

type CalibrationView = Extract<ConsoleView, { screen: 'S96' }>

/** Where there is no printer the page is drawn as a 道路运输证 review page. */
const NO_PAGE = { width: 105, height: 148 }

/** S96: millimetres by which the certificate printer's print is moved, tried with a ruler page (scenarios 33 and 34). */
export class CalibrationPage implements Page {
  private readonly desk: Desk
  private readonly saved: Offsets | null
  private trial: Offsets
  private stage: CalibrationView['stage'] = 'IDLE'
  private printing: AbortController | null = null
  private remark: TextRef | null = null

  constructor(desk: Desk) {
    this.desk = desk
    this.saved = desk.rooms.site.devices['certificate-printer']?.calibration ?? null
    this.trial = this.saved ?? { dxMm: 0, dyMm: 0 }
    if (this.saved === null) this.remark = text('console.remark.noCertificatePrinter')
    else if (desk.rooms.ruler === null) this.remark = text('console.remark.noRuler')
  }

  get task(): string {
    return this.stage
  }

  get held(): boolean {
    return this.printing !== null
  }

  view(): CalibrationView {
    return {
      screen: 'S96',
      stage: this.stage,
      saved: { ...(this.saved ?? { dxMm: 0, dyMm: 0 }) },
      trial: { ...this.trial },
      pageMm: { ...(this.desk.rooms.ruler?.pageMm ?? NO_PAGE) },
      remark: this.remark,
    }
  }

  receive(intent: ConsoleIntent): void {
    switch (intent.type) {
      case 'CONSOLE_CALIBRATE':
        if (this.printing === null && this.stage !== 'SAVING') {
          this.trial = { dxMm: tenths(intent.dxMm), dyMm: tenths(intent.dyMm) }
          this.stage = 'IDLE'
        }
        break
      case 'CONSOLE_RULER':
        this.print()
        break
      case 'CONSOLE_CANCEL':
        this.printing?.abort()
        break
      case 'CONSOLE_SAVE_CALIBRATION':
        this.save()
        break
      default:
        return
    }
    this.desk.changed()
  }

  close(): void {
    this.printing?.abort()
  }

  private print(): void {
    const { ruler } = this.desk.rooms
    if (ruler === null || this.printing !== null || this.stage === 'SAVING') return
    const printing = new AbortController()
    this.printing = printing
    this.stage = 'INSERT'
    this.remark = null
    const { trial } = this
    this.desk.work(async () => {
      const printed = await ruler.print(trial, printing.signal, (stage) => {
        this.stage = stage
        this.desk.changed()
      })
      this.printing = null
      this.stage = printed.ok ? 'PRINTED' : 'FAILED'
      this.remark = printed.ok ? null : printed.error.words
      this.desk.record({
        action: 'ruler.printed',
        target: 'certificate-printer',
        result: printed.ok ? 'OK' : 'FAILED',
        detail: { ...trial, code: printed.ok ? null : printed.error.code },
      })
      this.desk.changed()
    })
  }

  /** Old and new millimetres are audited as the change of the site file that they are. */
  private save(): void {
    const { draft, rooms, record } = this.desk
    const { saved, trial } = this
    if (saved === null || this.printing !== null || this.stage === 'SAVING') return
    if (saved.dxMm === trial.dxMm && saved.dyMm === trial.dyMm) {
      this.remark = text('console.remark.calibrationSame')
      return
    }
    this.stage = 'SAVING'
    this.desk.work(async () => {
      // What else is being edited on S99 is not part of a calibration.
      draft.discard()
      draft.put(['devices', 'certificate-printer', 'calibration'], { ...trial })
      const problems = await dryRun(draft, rooms.clock)
      if (problems.length === 0) {
        const detail = { dxMmOld: saved.dxMm, dyMmOld: saved.dyMm, dxMmNew: trial.dxMm, dyMmNew: trial.dyMm }
        record({ action: 'calibration.saved', target: 'certificate-printer', detail })
        if (applyDraft(this.desk).ok) {
          this.desk.changed()
          return
        }
      }
      draft.discard()
      this.stage = 'FAILED'
      this.remark = text('console.remark.calibrationNotSaved')
      this.desk.changed()
    })
  }
}

/** Nobody reads a ruler finer than a tenth of a millimetre; −0 is 0. */
function tenths(mm: number): number {
  return Math.round(mm * 10) / 10 + 0
}
