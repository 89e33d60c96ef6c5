import { z } from 'zod'
import { parseCodeForm, type CodeForm } from './form.ts'

const form = z
  .string()
  .max(80)
  .transform((text, issues): CodeForm => {
    const parsed = parseCodeForm(text)
    if (parsed.ok) return parsed.value
    issues.addIssue({ code: 'custom', message: `"${parsed.error.part}" is no part of a form` })
    return z.NEVER
  })

const forms = z.array(form).max(16)

/** The province's own ways of writing numbers that are shown to the scanner. */
export const scannedCodeForms = z.strictObject({
  /** 受理号 on slips. */
  acceptanceSlip: forms,
  /** 处罚决定书文号. */
  penaltyDecision: forms,
  /** What stands on the badges of technicians; who it is, its hash decides. */
  technicianBadge: forms,
})

export type ScannedCodeForms = z.infer<typeof scannedCodeForms>

/** Where no province is named: the usual form of a 文号 (党政机关公文格式 GB/T 9704), and our centre's own numbers. */
export const USUAL_FORMS: ScannedCodeForms = scannedCodeForms.parse({
  acceptanceSlip: ['SL{date}{digits:6}'],
  penaltyDecision: [
    '{han:1-8}罚〔{year}〕{digits:1-8}号',
    '{han:1-8}罚字〔{year}〕{digits:1-8}号',
    '{han:1-8}罚字〔{year}〕第{digits:1-8}号',
  ],
  technicianBadge: ['BADGE-{alnum:1-32}'],
})
