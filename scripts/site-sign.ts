import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  generateKeyPair,
  keyPairOfPem,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
} from '../src/central/contract/key.ts'
import { systemClock } from '../src/lib/clock.ts'
import { describeSignatureProblem, parseSigners, signSite, verifySite } from '../src/kiosk/site/site-signature.ts'

/**
 * `npm run site`: the signature of site files, made where they are made (never on a kiosk).
 *
 *   keygen --out signer.pem --name 名称 [--algorithm ed25519|sm2-sm3]   prints the signers' file for the kiosks
 *   sign site.json --key signer.pem --name 名称                         writes site.json.sig
 *   verify site.json --signers site-signers.json                        exits 1 when a kiosk would refuse it
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    algorithm: { type: 'string', default: 'ed25519' },
    key: { type: 'string' },
    name: { type: 'string' },
    out: { type: 'string' },
    signers: { type: 'string' },
  },
})
const [verb, file] = positionals

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function needed(option: 'key' | 'name' | 'out' | 'signers'): string {
  return values[option] ?? fail(`${verb ?? 'site'}: --${option} is missing`)
}

function siteFile(): string {
  return file ?? fail(`${verb ?? 'site'}: which site file?`)
}

function chosenAlgorithm(): SignatureAlgorithm {
  const known = SIGNATURE_ALGORITHMS.find((algorithm) => algorithm === values.algorithm)
  return known ?? fail(`--algorithm is one of ${SIGNATURE_ALGORITHMS.join(', ')}`)
}

switch (verb) {
  case 'keygen': {
    const [out, name] = [needed('out'), needed('name')]
    const key = generateKeyPair(chosenAlgorithm())
    if (existsSync(out)) fail(`${out} is there already; a key is never overwritten`)
    writeFileSync(out, key.toPem(), { mode: 0o600, flag: 'wx' })
    process.stdout.write(`${JSON.stringify({ signers: [{ name, key: key.publicKey }] }, null, 2)}\n`)
    break
  }
  case 'sign': {
    const path = siteFile()
    const key = keyPairOfPem(readFileSync(needed('key'), 'utf8'))
    writeFileSync(`${path}.sig`, signSite(readFileSync(path, 'utf8'), key, needed('name'), systemClock.now()))
    process.stdout.write(`${path}.sig (${key.algorithm}, ${key.keyId})\n`)
    break
  }
  case 'verify': {
    const path = siteFile()
    const signers = parseSigners(readFileSync(needed('signers'), 'utf8'))
    if (!signers.ok) fail(`the signers file cannot be used: ${signers.error}`)
    const signature = existsSync(`${path}.sig`) ? readFileSync(`${path}.sig`, 'utf8') : null
    const verdict = verifySite(readFileSync(path, 'utf8'), signature, { signers: signers.value, device: [] })
    if (!verdict.ok) fail(describeSignatureProblem(verdict.error, path))
    process.stdout.write(`${path}: signed by ${verdict.value.by} on ${new Date(verdict.value.at).toISOString()}\n`)
    break
  }
  default:
    fail('npm run site -- keygen | sign | verify')
}
