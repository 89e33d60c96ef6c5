import { idNumberCheckDigit } from '../domain/id-number.ts'
import { localDate } from '../domain/local-date.ts'
import type { IdCard } from '../drivers/id-card/card.ts'
import { DEMO_PEOPLE, type DemoPerson } from '../central/server/seed/people.ts'

/** The identity card of a demo person; everything but name and number is the same invented place. */
export function cardOf({ idNo, name }: Pick<DemoPerson, 'idNo' | 'name'>): IdCard {
  return {
    kind: 'resident',
    name,
    sex: Number(idNo[16]) % 2 === 1 ? 'male' : 'female',
    ethnicity: '汉',
    birthDate: localDate(`${idNo.slice(6, 10)}-${idNo.slice(10, 12)}-${idNo.slice(12, 14)}`),
    address: '样例省样例市样例区测试路1号',
    idNumber: idNo,
    idNumberValid: true,
    issuer: '样例市公安局样例分局',
    validFrom: localDate('2019-06-01'),
    validUntil: 'long-term',
  }
}

/** A card the hand at the dock can put on the reader. */
export interface DockCard {
  readonly label: string
  readonly card: IdCard
  /** The chip does not let itself be read. */
  readonly defective: boolean
}

function numbered(digits17: string): { readonly idNumber: string; readonly idNumberValid: boolean } {
  return { idNumber: digits17 + idNumberCheckDigit(digits17), idNumberValid: true }
}

/** 港澳台居民居住证. Area 990001 does not exist, so it can be nobody's. */
const PERMIT: IdCard = {
  kind: 'residence-permit',
  name: '何样例',
  sex: 'female',
  birthDate: localDate('1990-03-08'),
  address: '样例省样例市样例区测试路2号',
  ...numbered('99000119900308202'),
  issuer: '样例市公安局样例分局',
  validFrom: localDate('2024-01-01'),
  validUntil: localDate('2029-01-01'),
  passNumber: 'H00000000',
  issueCount: '01',
}

/** 外国人永久居留身份证 of 2023. Country 000 does not exist. */
const FOREIGNER: IdCard = {
  kind: 'foreigner-2023',
  name: '安样例',
  englishName: 'SPECIMEN, ANNA',
  sex: 'female',
  birthDate: localDate('1985-05-05'),
  ...numbered('99900019850505102'),
  nationality: 'UTO',
  issueCount: '01',
  formerNumberLink: '000',
  validFrom: localDate('2024-01-01'),
  validUntil: localDate('2034-01-01'),
}

/** Every card of the dock, the demo's people first, in their order. */
export const DOCK_CARDS: readonly DockCard[] = [
  ...Object.values(DEMO_PEOPLE).map((person) => ({ label: person.name, card: cardOf(person), defective: false })),
  { label: '居住证（J）', card: PERMIT, defective: false },
  { label: '外国人永居证', card: FOREIGNER, defective: false },
  {
    label: '过期身份证',
    card: { ...cardOf(DEMO_PEOPLE.owner), validUntil: localDate('2020-01-01') },
    defective: false,
  },
  { label: '芯片损坏', card: cardOf(DEMO_PEOPLE.owner), defective: true },
]
