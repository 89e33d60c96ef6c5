import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { assetPath } from '../../lib/assets.ts'
import { parseArgs } from 'node:util'
import { localDate } from '../../domain/local-date.ts'
import { systemClock } from '../../lib/clock.ts'
import { createCentral } from './central.ts'
import { readProvinceFile } from './province-file.ts'
import { SigningKeys } from './services/signing-key.ts'
import { openDatabase } from './store/database.ts'

/**
 * `npm run central`: the reference centre by itself. One line on standard output says where it is and how to enrol.
 * `npm run central -- rotate-key --data FILE`: a new key signs from now on; also beside a running centre.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '8480' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string', default: ':memory:' },
    province: { type: 'string', default: 'guangdong' },
    seed: { type: 'string' },
    today: { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
  },
})
const province = readProvinceFile(assetPath('provinces', `${values.province}.json`))

if (positionals[0] === 'rotate-key') rotateKey()
else if (positionals.length === 0) await serve()
else throw new Error(`${positionals.join(' ')}: only "rotate-key" is known`)

function rotateKey(): void {
  if (values.data === ':memory:') throw new Error('rotate-key needs --data FILE')
  const database = openDatabase(values.data)
  try {
    const at = systemClock.now()
    const kid = new SigningKeys(database, province.signature, at).rotate(province.signature, at).keyId
    process.stdout.write(`${JSON.stringify({ kid, algorithm: province.signature, createdAt: at })}\n`)
  } finally {
    database.close()
  }
}

async function serve(): Promise<void> {
  if (values.seed !== undefined && values.seed !== 'demo')
    throw new Error(`--seed ${values.seed}: only "demo" is known`)
  const { 'tls-cert': cert, 'tls-key': key } = values
  if ((cert === undefined) !== (key === undefined)) throw new Error('--tls-cert and --tls-key belong together')
  const fixedToday = values.today === undefined ? undefined : localDate(values.today)
  const adminToken = process.env['CENTRAL_ADMIN_TOKEN'] ?? randomBytes(18).toString('base64url')
  const central = createCentral({
    clock: systemClock,
    province,
    data: values.data,
    adminToken,
    ...(cert === undefined || key === undefined
      ? {}
      : { tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } }),
    ...(values.seed === undefined ? {} : { seed: {} }),
    ...(fixedToday === undefined ? {} : { today: () => fixedToday }),
  })
  const url = await central.listen({ port: Number(values.port), host: values.host })
  const enrolmentCode = central.admin.enrolmentCode()
  process.stdout.write(`${JSON.stringify({ url, docs: `${url}/docs`, enrolmentCode, adminToken })}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void central.close())
}
