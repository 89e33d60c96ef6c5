import type { Review } from '../../../central/contract/review.ts'
import type { ReceiptPrinter } from '../../../drivers/receipt-printer/device.ts'
import { fillReceiptTemplate, type ReceiptTemplate } from '../../../drivers/receipt-printer/template.ts'
import type { TemplateData } from '../../../drivers/typeset/tokens.ts'
import { PLATE_COLORS, SOURCE_SYSTEMS } from '../../../domain/codes.ts'
import { formatChinese, formatChineseTime } from '../../../domain/local-date.ts'
import { maskCertificateNo } from '../../../domain/mask.ts'
import type { Clock } from '../../../lib/clock.ts'
import { err, type Result } from '../../../lib/result.ts'
import type { EndorsementKey } from '../../../store/endorsement.ts'
import type { Store } from '../../../store/store.ts'
import { printSlip } from '../../slip-job.ts'
import type { Authorized } from '../../visit/model.ts'
import type { Trouble } from '../../visit/trouble.ts'

/** The slips of this service: 业务回执 (P04) after an endorsement or a submission, 审验不通过清单 (P03). */
export interface SlipTemplates {
  readonly endorsed: ReceiptTemplate
  readonly accepted: ReceiptTemplate
  readonly notPassed: ReceiptTemplate
}

/** What every slip says of the place it was printed at. */
export interface Imprint {
  readonly stationName: string
  readonly kioskId: () => string
  readonly hotline: string
  readonly specimen: boolean
  /** Where anybody can check an endorsement: the number and its check code are appended. */
  readonly queryBase: string
}

const SPECIMEN = '样张'

export class Slips {
  private readonly printer: ReceiptPrinter
  private readonly store: Store
  private readonly clock: Clock
  private readonly templates: SlipTemplates
  private readonly imprint: Imprint

  constructor(printer: ReceiptPrinter, store: Store, clock: Clock, templates: SlipTemplates, imprint: Imprint) {
    this.printer = printer
    this.store = store
    this.clock = clock
    this.templates = templates
    this.imprint = imprint
  }

  /** P04: the endorsement is on the certificate; the slip only says so. */
  printEndorsed(review: Review, authorized: Authorized): Promise<Result<void, Trouble>> {
    const { print, certificate } = review
    const checkCode = print?.checkCode ?? ''
    return this.print('endorsement-receipt', authorized.endorsementId as EndorsementKey, this.templates.endorsed, {
      ...this.common(review),
      businessName: '车辆年度审验签注',
      acceptanceNo: review.acceptanceNo ?? '—',
      handledAt: formatChineseTime(this.clock.now()),
      certificateNo: certificate?.displayNo ?? '—',
      reviewResult: print?.resultText ?? '—',
      techGrade: print?.techGrade ?? '—',
      authorityName: print?.authorityName ?? '—',
      endorsementNo: authorized.endorsementNo,
      checkCode,
      reprintCount: authorized.attempt > 1 ? String(authorized.attempt - 1) : '',
      validUntil: formatChinese(authorized.validUntil),
      queryUrl: `${this.imprint.queryBase}/${authorized.endorsementNo}?code=${checkCode}`,
      queryCode: checkCode,
    })
  }

  /** P03: what did not pass, where it comes from and what to do. */
  printNotPassed(review: Review): Promise<Result<void, Trouble>> {
    const failed = review.items.filter((item) => item.result !== 'PASS' && item.result !== 'NOT_APPLICABLE')
    const [lock] = review.locks
    return this.print('not-passed-list', null, this.templates.notPassed, {
      ...this.common(review),
      certificateNo: review.certificate === null ? '—' : maskCertificateNo(review.certificate.displayNo),
      checkedAt: formatChineseTime(review.checkedAt),
      validUntil: review.reviewValidUntil === null ? '' : formatChinese(review.reviewValidUntil),
      items: failed.map((item) => ({
        name: item.title,
        evidence: item.evidence,
        source: SOURCE_SYSTEMS[item.sourceSystem],
        remedy: remedies[item.result] ?? '请按提示办理后再来本机',
      })),
      contactName: lock?.authority ?? '道路运输服务窗口',
      contactPhone: lock?.contact ?? this.imprint.hotline,
      queryUrl: '',
      queryCode: '',
    })
  }

  /** P04 of a submission that goes on without the citizen. */
  printAccepted(review: Review): Promise<Result<void, Trouble>> {
    return this.print('acceptance-receipt', null, this.templates.accepted, {
      ...this.common(review),
      businessName: '车辆年度审验申请',
      acceptanceNo: review.acceptanceNo ?? '—',
      handledAt: formatChineseTime(this.clock.now()),
    })
  }

  private common(review: Review): Record<string, string> {
    const { plateNo, plateColor } = review.vehicle
    const { stationName, kioskId, hotline, specimen } = this.imprint
    return {
      plateNo,
      plateColor: PLATE_COLORS[plateColor],
      stationName,
      kioskId: kioskId(),
      hotline,
      specimen: specimen ? SPECIMEN : '',
      printedAt: formatChineseTime(this.clock.now()),
    }
  }

  private async print(
    document: string,
    endorsementKey: EndorsementKey | null,
    template: ReceiptTemplate,
    data: TemplateData,
  ): Promise<Result<void, Trouble>> {
    const receipt = fillReceiptTemplate(template, data)
    if (!receipt.ok) return err({ code: 'RECEIPT_PRINTER_FAULT', detail: `${template.code}: ${receipt.error.code}` })
    const printed = await printSlip(
      { printer: this.printer, store: this.store },
      { document, endorsementKey, receipt: receipt.value },
    )
    if (printed.ok) return printed
    const { code, reason } = printed.error
    return err({ code: code === 'GLYPH_MISSING' ? code : 'RECEIPT_PRINTER_FAULT', detail: reason })
  }
}

const remedies: Partial<Record<Review['items'][number]['result'], string>> = {
  FAIL: '请先办结此项，再来任意一台终端办理',
  MANUAL: '需工作人员复核，请按回执等候或前往窗口',
  UNAVAILABLE: '数据暂时查不到，请稍后再试，不影响您的申请',
}
