import { parseArgs } from 'node:util'
import { createInterface } from 'node:readline'
import { Secret } from 'otpauth'
import { dateInShanghai } from '../../domain/local-date.ts'
import { BASE32, fieldCode, hashBadge, hashPin } from './secrets.ts'

/**
 * `npm run staff -- add …` prints a record for `technician.staff` of the site file, `field-code …` the answer to a
 * challenge. Exit codes: 0 done, 2 wrong use. A PIN is read from standard input, never from the command line, where
 * every process could see it.
 */
const USAGE = `usage:
  staff add --id T001 --name 张工 [--badge CODE] [--totp]      the PIN is asked for (or piped)
  staff field-code --secret BASE32 --kiosk KIOSK-ID --challenge 12345678 [--day YYYY-MM-DD]
  staff secret                                                a fresh base32 secret
`

async function add(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { id: { type: 'string' }, name: { type: 'string' }, badge: { type: 'string' }, totp: { type: 'boolean' } },
  })
  const { id, name, badge, totp = false } = values
  if (id === undefined || name === undefined || !/^[A-Za-z0-9-]{1,20}$/.test(id)) return misuse()
  const pin = await ask('PIN (4 to 12 digits): ')
  if (!/^\d{4,12}$/.test(pin)) return misuse()
  const secret = totp ? new Secret({ size: 20 }).base32 : undefined
  const record = {
    id,
    name,
    pin: await hashPin(pin),
    ...(badge !== undefined && { badge: hashBadge(badge) }),
    ...(secret !== undefined && { totp: secret }),
  }
  process.stdout.write(`${JSON.stringify(record, null, 2)}\n`)
  return 0
}

function code(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      secret: { type: 'string' },
      kiosk: { type: 'string' },
      challenge: { type: 'string' },
      day: { type: 'string' },
    },
  })
  const { secret, kiosk, challenge, day = dateInShanghai(Date.now()) } = values
  if (secret === undefined || !BASE32.test(secret) || kiosk === undefined || challenge === undefined) return misuse()
  process.stdout.write(`${fieldCode(secret, kiosk, challenge.replaceAll(/\D/g, ''), day)}\n`)
  return 0
}

async function ask(question: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(question)
  for await (const line of createInterface({ input: process.stdin })) return line.trim()
  return ''
}

function misuse(): number {
  process.stderr.write(USAGE)
  return 2
}

const [verb, ...rest] = process.argv.slice(2)
switch (verb) {
  case 'add':
    process.exitCode = await add(rest)
    break
  case 'field-code':
    process.exitCode = code(rest)
    break
  case 'secret':
    process.stdout.write(`${new Secret({ size: 20 }).base32}\n`)
    break
  default:
    process.exitCode = misuse()
}
