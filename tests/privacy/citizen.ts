import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import { decodePicture } from '../../src/face/decode.ts'
import { FaceEngine } from '../../src/face/engine.ts'
import { assetPath } from '../../src/lib/assets.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { expectOk } from '../../src/lib/result.ts'
import { cardOf } from '../../src/rig/cards.ts'
import { renderPortrait } from '../../src/rig/faces.ts'
import type { Rig } from '../../src/rig/rig.ts'
import type { Picture } from '../support/visitor.ts'
import type { Traces } from './scanner.ts'

/** A person whose every datum can be nothing else: characters nobody uses, an area that does not exist. */
const CITIZEN = {
  name: '赑屃龘麤',
  idNo: DEMO_PEOPLE.owner.idNo,
  phone: '10090909191',
  address: '饕餮省魑魅市魍魉区睚眦路9417号',
} as const

/** Lets the demo's owner be this citizen at the centre, with her picture. */
export async function register(rig: Rig): Promise<void> {
  await rig.registerPortraits()
  rig.central.database
    .prepare('UPDATE person SET name = ?, phone = ? WHERE id_no = ?')
    .run(CITIZEN.name, CITIZEN.phone, CITIZEN.idNo)
}

/** Puts her card on the reader. */
export function placeCard(rig: Rig): void {
  const card = cardOf(CITIZEN)
  if (card.kind !== 'resident') throw new Error('her card is a resident card')
  rig.reader.insertCard({ ...card, address: CITIZEN.address })
}

/** Her card and what the centre knows of her. */
export const WORDS: Traces = {
  name: CITIZEN.name,
  'ID number': CITIZEN.idNo,
  phone: CITIZEN.phone,
  address: CITIZEN.address,
}

/** What the models make of her portrait, as the face process holds it, and the portrait itself on its way there. */
export async function portraitTraces(): Promise<Traces> {
  const portrait = await renderPortrait('owner')
  const picture = expectOk(await decodePicture(portrait), 'the portrait is a picture')
  const engine = expectOk(await FaceEngine.load(assetPath('models', 'models.json'), systemClock), 'the models load')
  try {
    const { feature } = expectOk(await engine.enrol(picture), 'the portrait has a face')
    const bytes = Buffer.from(feature.buffer, feature.byteOffset, feature.byteLength)
    return {
      embedding: Uint8Array.from(bytes.subarray(0, 32)),
      'embedding, later part': Uint8Array.from(bytes.subarray(-32)),
      portrait: middleOf(portrait, 48),
      'portrait as base64': portrait.toString('base64').slice(600, 664),
      'portrait, decoded': middleOf(picture.data, 96),
    }
  } finally {
    await engine.close()
  }
}

/** Pixels out of the middle of camera pictures. */
export function frameTraces(pictures: readonly Picture[]): Traces {
  return Object.fromEntries(pictures.map((picture, index) => [`camera picture ${index}`, middleOf(picture, 96)]))
}

function middleOf(bytes: Uint8Array | Uint8ClampedArray, length: number): Uint8Array {
  const middle = (bytes.length >> 1) + 100
  return Uint8Array.from(bytes.subarray(middle, middle + length))
}
