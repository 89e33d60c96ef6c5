import { randomBytes } from 'node:crypto'
import { assetPath } from '../../lib/assets.ts'
import { parseArgs } from 'node:util'
import { localDate } from '../../domain/local-date.ts'
import { systemClock } from '../../lib/clock.ts'
import { createCentral } from './central.ts'
import { readProvinceFile } from './province-file.ts'

/** `npm run central`: the reference centre by itself. One line on standard output says where it is and how to enrol. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8480' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string', default: ':memory:' },
    province: { type: 'string', default: 'guangdong' },
    seed: { type: 'string' },
    today: { type: 'string' },
  },
})
if (values.seed !== undefined && values.seed !== 'demo') throw new Error(`--seed ${values.seed}: only "demo" is known`)
const fixedToday = values.today === undefined ? undefined : localDate(values.today)
const adminToken = process.env['CENTRAL_ADMIN_TOKEN'] ?? randomBytes(18).toString('base64url')

const central = createCentral({
  clock: systemClock,
  province: readProvinceFile(assetPath('provinces', `${values.province}.json`)),
  data: values.data,
  adminToken,
  ...(values.seed === undefined ? {} : { seed: {} }),
  ...(fixedToday === undefined ? {} : { today: () => fixedToday }),
})
const url = await central.listen({ port: Number(values.port), host: values.host })
const enrolmentCode = central.admin.enrolmentCode()
process.stdout.write(`${JSON.stringify({ url, docs: `${url}/docs`, enrolmentCode, adminToken })}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void central.close())
