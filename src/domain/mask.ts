/**
 * What a screen or a slip may show of a person (domain rules of display: 姓名 `张*`, ID `110105********002X`,
 * phone `138****5678`, pay code last 4). Values that are too short to mask are hidden entirely.
 */

/** `张三丰` → `张**`; `欧阳` keeps its first character only. Counts characters, so rare ones outside the BMP stay whole. */
export function maskName(name: string): string {
  const [first, ...rest] = Array.from(name.trim())
  if (first === undefined) return ''
  return `${first}${'*'.repeat(Math.max(1, rest.length))}`
}

/** `11010519491231002X` → `110105********002X`. */
export function maskIdNumber(id: string): string {
  return keepEnds(id, 6, 4)
}

/** `13812345678` → `138****5678`. */
export function maskPhone(phone: string): string {
  return keepEnds(phone, 3, 4)
}

/** The last four of a 缴款识别码, for reading aloud at a counter. */
export function payCodeTail(payCode: string): string {
  return payCode.length <= 8 ? '****' : payCode.slice(-4)
}

/** `粤深交罚〔2026〕00123号` → `粤深交罚〔2026〕***23号`: enough to recognise one's own case, not another's. */
export function maskCaseNo(caseNo: string): string {
  const match = /^(.*?)(\d+)(\D*)$/u.exec(caseNo)
  if (match === null) return '*'.repeat(Array.from(caseNo).length)
  const [, head = '', digits = '', tail = ''] = match
  const kept = digits.length > 3 ? digits.slice(-2) : ''
  return `${head}${'*'.repeat(digits.length - kept.length)}${kept}${tail}`
}

/** `粤交运管穗字440100165715号` → `粤交运管穗字4401****5715号`. */
export function maskCertificateNo(displayNo: string): string {
  return displayNo.replace(/\d{9,}/, (digits) => keepEnds(digits, 4, 4))
}

function keepEnds(text: string, head: number, tail: number): string {
  if (text.length <= head + tail) return '*'.repeat(text.length)
  return `${text.slice(0, head)}${'*'.repeat(text.length - head - tail)}${text.slice(-tail)}`
}
