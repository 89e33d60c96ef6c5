import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CentralStage } from '../../../tests/support/central-stage.ts'

describe('the page a slip leads to', () => {
  let stage: CentralStage
  const ask = async (no: string, code: string): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${stage.url}/e/${no}?code=${encodeURIComponent(code)}`)
    return { status: answer.status, text: await answer.text() }
  }

  beforeAll(async () => {
    stage = await CentralStage.open()
  })
  afterAll(() => stage.close())

  it('shows what stands on the certificate to whoever has number and check code, and nobody as a person', async () => {
    const [seeded] = stage.central.admin.ledger()
    const { checkCode } = stage.central.database
      .prepare<[string], { checkCode: string }>(
        "SELECT claims ->> '$.print.checkCode' AS checkCode FROM authorization WHERE endorsement_no = ?",
      )
      .get(seeded!.endorsementNo)!
    const found = await ask(seeded!.endorsementNo, checkCode)
    expect(found.status).toBe(200)
    expect(found.text).toContain(seeded!.vehicle.plateNo)
    expect(found.text).toContain('已确认')
    expect(found.text).toContain('样张，不具法律效力')
    expect(found.text).not.toMatch(/陈海燕|990001/)
    expect((await ask(seeded!.endorsementNo, 'AAAAAAAA')).status).toBe(404)
    expect((await ask(seeded!.endorsementNo, '')).status).toBe(404)
  })

  it('says the same of a number that does not exist and of one that is no number', async () => {
    const [missing, nonsense] = [await ask('4403002026000009998', 'AAAAAAAA'), await ask('<script>', 'x')]
    expect(missing).toEqual(nonsense)
    expect(missing.status).toBe(404)
  })

  it('does not let anybody try codes one after the other', async () => {
    const answers = []
    for (let guess = 0; guess < 25; guess++) answers.push((await ask('4403002026000000012', `AAAAAA${guess}`)).status)
    expect(answers.at(-1)).toBe(429)
  })
})
