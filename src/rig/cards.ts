import { localDate } from '../domain/local-date.ts'
import type { IdCard } from '../drivers/id-card/card.ts'
import type { DemoPerson } from '../central/server/seed/people.ts'

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
