import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CentralStage, province } from '../../../tests/support/central-stage.ts'
import { BADGE_KINDS } from '../../domain/review/vocabulary.ts'
import { parseIdNumber } from '../../domain/id-number.ts'
import { expectOk } from '../../lib/result.ts'
import { ROUTES } from '../contract/routes.ts'
import type { VisitId } from '../contract/fields.ts'
import { openApiDocument } from './openapi.ts'
import { DEMO_PEOPLE } from './seed/people.ts'

async function ownersVehicles(stage: CentralStage) {
  const { client } = await stage.kiosk()
  const { idNo, name } = DEMO_PEOPLE.owner
  const visitId = 'Vdemo00001' as VisitId
  const { identificationId } = expectOk(
    await client.identify({ idNo, name, visitId, cardKind: 'RESIDENT' }),
    'identify',
  )
  expectOk(
    await client.verifyFace(identificationId, {
      result: 'PASS',
      scoreBand: 'HIGH',
      algorithmVersion: 'test',
      at: stage.clock.now(),
    }),
    'face',
  )
  const { vehicles } = expectOk(await client.vehicles(identificationId), 'list')
  const reviews = await Promise.all(
    vehicles.map(async ({ vehicle }) =>
      expectOk(await client.openReview(identificationId, { vehicle, visitId }), vehicle.plateNo),
    ),
  )
  return { vehicles, reviews }
}

describe('the demo’s data', () => {
  it.each([
    ['guangdong', '2026-11-23'],
    ['guangdong', '2027-01-31'],
    ['guangdong', '2028-02-29'],
    ['zhejiang', '2026-12-31'],
  ])('in %s on %s the owner has a vehicle of every badge and outcome', async (id, day) => {
    const stage = await CentralStage.open({ province: province(id), day })
    try {
      const { vehicles, reviews } = await ownersVehicles(stage)
      const badges = new Set(vehicles.map(({ badge }) => badge.kind))
      const missing = Object.keys(BADGE_KINDS).filter((kind) => kind !== 'UNAVAILABLE' && !badges.has(kind as never))
      expect(missing).toEqual([])
      expect(vehicles[0]?.badge.kind).toBe('ENDORSABLE')
      const byPlate = new Map(vehicles.map((vehicle, index) => [vehicle.badge.kind, reviews[index]!.outcome]))
      expect(Object.fromEntries(byPlate)).toMatchObject({
        ENDORSABLE: 'READY',
        NOT_DUE: 'NOT_DUE',
        OVERDUE: 'SUBMITTABLE',
        OVERDUE_LIMIT: 'OVERDUE_LIMIT',
        LOCKED: 'LOCKED',
        ENDORSED: 'ALREADY_ENDORSED',
        IN_REVIEW: 'MANUAL_REVIEW',
        NOT_PASSED: 'BLOCKED',
        NOT_OPERATING: 'BLOCKED',
        NOT_REQUIRED: 'NOT_REQUIRED',
        OTHER_PROVINCE: 'OTHER_PROVINCE',
      })
      expect(reviews.every(({ print }) => print === null || print.specimen)).toBe(true)
    } finally {
      await stage.close()
    }
  })

  it('holds people of no area, with valid numbers, and phones nobody has', () => {
    for (const { idNo, phone } of Object.values(DEMO_PEOPLE)) {
      expect(idNo.startsWith('990001')).toBe(true)
      expect(parseIdNumber(idNo, { allowSynthetic: true }).ok).toBe(true)
      expect(phone === null || phone.startsWith('100')).toBe(true)
    }
  })
})

describe('the OpenAPI document', () => {
  const path = join(import.meta.dirname, '../../../docs/openapi.json')

  it('in docs/ is the one of the contract (else: node scripts/openapi.ts)', () => {
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(openApiDocument())))
  })

  it('is served, with a page to read it that loads nothing from elsewhere', async () => {
    const stage = await CentralStage.open()
    try {
      const document = (await (await fetch(`${stage.url}/openapi.json`)).json()) as { openapi: string; paths: object }
      expect(document.openapi).toBe('3.1.0')
      expect(Object.keys(document.paths)).toEqual([...new Set(Object.values(ROUTES).map(({ path }) => path))])
      const page = await fetch(`${stage.url}/docs`)
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(await page.text()).not.toMatch(/https?:\/\//)
    } finally {
      await stage.close()
    }
  })
})
