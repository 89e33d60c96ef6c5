import { describe, expect, it } from 'vitest'
import type { CentralClient } from '../../../central/client/central-client.ts'
import { SimulatedClock } from '../../../lib/clock.ts'
import { hide } from '../../../lib/log.ts'
import { ok, type Result } from '../../../lib/result.ts'
import type { Identified, ListedVehicle, PresentedCard } from '../../visit/model.ts'
import type { Trouble } from '../../visit/trouble.ts'
import { annualReviewHands, type HandsOptions } from './hands.ts'
import type { Identity } from './identity.ts'
import { Reviews } from './reviews.ts'

const never = new AbortController().signal

/** Her picture as the centre sent it, and what has been asked to forget her. */
function identifying() {
  const portrait = Uint8Array.from([1, 2, 3])
  const person: Identified = {
    identificationId: 'ident-1',
    personMasked: '陈**',
    phoneMasked: null,
    portrait: hide<Uint8Array>(portrait),
  }
  const forgotten: string[] = []
  let answer: (result: Result<Identified, Trouble>) => void = () => undefined
  const identity: Pick<Identity, 'identify' | 'forget'> = {
    identify: () => new Promise((resolve) => (answer = resolve)),
    forget: ({ identificationId }) => Promise.resolve(void forgotten.push(identificationId)),
  }
  const hands = annualReviewHands({ identity } as unknown as HandsOptions)
  return { hands, portrait, forgotten, answer: () => answer(ok(person)) }
}

describe('an answer of the centre that comes when its citizen has left', () => {
  it('names nobody: her picture is overwritten and the centre forgets her too', async () => {
    const { hands, portrait, forgotten, answer } = identifying()
    const leaves = new AbortController()
    const identified = hands.identify({ visitId: 'visit-1', card: {} as PresentedCard }, leaves.signal)
    leaves.abort()
    answer()
    expect((await identified).ok).toBe(true)
    expect([...portrait]).toEqual([0, 0, 0])
    expect(forgotten).toEqual(['ident-1'])
  })

  it('is hers as long as she is there', async () => {
    const { hands, portrait, forgotten, answer } = identifying()
    const identified = hands.identify({ visitId: 'visit-1', card: {} as PresentedCard }, never)
    answer()
    expect(await identified).toMatchObject({ ok: true, value: { personMasked: '陈**' } })
    expect([...portrait]).toEqual([1, 2, 3])
    expect(forgotten).toEqual([])
  })

  it.each([
    { leaves: true, kept: false },
    { leaves: false, kept: true },
  ])('with her vehicles is kept: $kept, when she leaves: $leaves', async ({ leaves, kept }) => {
    const vehicle = { plateNo: '粤B23456', plateColor: '2' }
    const listed = { vehicle, certificate: null, review: null, status: { code: 'OK' }, lock: null }
    let answer: (value: unknown) => void = () => undefined
    const asked: unknown[] = []
    const centre = {
      vehicles: () => new Promise((resolve) => (answer = resolve)),
      openReview: (_: unknown, question: unknown) => {
        asked.push(question)
        return new Promise(() => undefined)
      },
    } as unknown as CentralClient
    const reviews = new Reviews(centre, new SimulatedClock(0), () => null)
    const person = { identificationId: 'ident-1' } as Identified
    const list = reviews.list(person).catch(() => null)
    if (leaves) reviews.forget()
    answer(ok({ vehicles: [listed] }))
    await list
    const choice = { view: { id: '2-粤B23456' } } as unknown as ListedVehicle
    void reviews.check('visit-1', person, choice).catch(() => undefined)
    await Promise.resolve()
    expect(asked.length > 0).toBe(kept)
  })
})
