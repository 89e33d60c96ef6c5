import type { FastifyInstance } from 'fastify'
import { timingSafeEqual } from 'node:crypto'
import { endorsementNo } from '../contract/fields.ts'
import { PLATE_COLORS } from '../../domain/codes.ts'
import { ENDORSEMENT_STATUSES } from '../../domain/endorsement.ts'
import { formatChinese } from '../../domain/local-date.ts'
import { now, type Centre } from './services/centre.ts'
import { RateLimit } from './http/rate-limit.ts'

/** Guesses of a check code per minute and address: eight characters of 32 are not found this way. */
const QUERIES_PER_MINUTE = 20

/**
 * What the code on a slip leads to: whether an endorsement is genuine. It needs the number and the check code printed
 * beside it, and shows only what stands on the certificate: no person, no operator.
 */
export function addQueryPage(app: FastifyInstance, centre: Centre): void {
  const limit = new RateLimit(centre.settings.clock, QUERIES_PER_MINUTE, 60_000)
  app.get<{ Params: { no: string }; Querystring: { code?: string } }>('/e/:no', (request, reply) => {
    reply
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
    if (limit.take(request.ip) !== null)
      return reply.code(429).send(page('请稍后再查', '查询过于频繁，请一分钟后再试。', []))
    const rows = genuine(centre, request.params.no, request.query.code ?? '')
    return rows === null
      ? reply.code(404).send(page('没有查到', '签注编号或校验码不对，请核对凭条上的字。', []))
      : reply.send(page('签注查询结果', '以下内容与平台记录一致。', rows))
  })
}

function genuine(centre: Centre, text: string, code: string): readonly (readonly [string, string])[] | null {
  const no = endorsementNo.safeParse(text)
  const stored = no.success ? centre.endorsements.byNo(no.data, now(centre)) : null
  if (stored === null || !isSame(code, stored.claims.print.checkCode)) return null
  const { vehicle, validUntil, print } = stored.claims
  return [
    ['签注编号', stored.endorsementNo],
    ['车辆号牌', `${vehicle.plateNo}（${PLATE_COLORS[vehicle.plateColor]}）`],
    ['审验机关', print.authorityName],
    ['审验有效期至', formatChinese(validUntil)],
    ['状态', `${ENDORSEMENT_STATUSES[stored.status]}${print.specimen ? '（样张，不具法律效力）' : ''}`],
  ]
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function page(title: string, lead: string, rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([term, value]) => `<dt>${term}</dt><dd>${escaped(value)}</dd>`).join('')
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>body{font:18px/1.6 system-ui,sans-serif;margin:2rem auto;max-width:32rem;padding:0 1rem;color:#17232d}
h1{font-size:1.5rem}dl{display:grid;grid-template-columns:auto 1fr;gap:.5rem 1rem}dt{color:#55636f}dd{margin:0;font-weight:600}</style>
<h1>${title}</h1><p>${lead}</p><dl>${cells}</dl></html>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
