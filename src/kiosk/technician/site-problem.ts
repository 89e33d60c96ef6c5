import type { SiteComplaint } from '../site/complaint.ts'
import { fieldWords, formatWords, groupWords, sentence } from './words.ts'

/** Something in the draft that is wrong, as the technician reads it. */
export interface DraftProblem {
  /** `session.idleWarningMs`; empty for the file as a whole. */
  readonly path: string
  /** What is wrong and what to do; a sentence that stands below its field. */
  readonly words: string
}

/** What a complaint about the site file is in the technician's language. */
export function complaintWords({ path, code, params = {} }: SiteComplaint): string {
  const steps = path.map(String)
  switch (code) {
    case 'format': {
      const wanted = formatWords(steps)
      return wanted === undefined
        ? sentence('console.siteProblem.formatUnknown')
        : sentence('console.siteProblem.format', { wanted })
    }
    case 'other':
      return sentence('console.siteProblem.other', { path: steps.join('.') })
    case 'portShared':
      return sentence(`console.siteProblem.${code}`, { ...params, role: groupWords(`devices.${params['role'] ?? ''}`) })
    default:
      return sentence(`console.siteProblem.${code}`, params)
  }
}

/** The same where no field stands above it. */
export function namedProblem({ path, words }: DraftProblem): string {
  if (path === '') return words
  const steps = path.split('.')
  const device = steps[0] === 'devices' ? [groupWords(steps.slice(0, 2).join('.'))] : []
  const names = [...device, fieldWords(steps) ?? []].flat()
  return sentence('console.siteProblem.line', { name: `${names.join(' ')}（${path}）`, words })
}
