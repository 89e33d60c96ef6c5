import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectOk } from '../../lib/result.ts'
import { generateKeyPair, keyIdOf, SIGNATURE_ALGORITHMS } from './key.ts'
import {
  contentDigest,
  parseSignature,
  signRequest,
  verifySignature,
  type ReceivedParts,
  type SignedParts,
} from './signature.ts'

const signer = generateKeyPair('ed25519')
const { keyId, publicKey } = signer
const fresh = { created: 1_795_400_000, nonce: 'abcdefghijklmnop' }

const parts = fc.record<SignedParts>({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  path: fc.webPath().map((path) => `/v1${path}`),
  query: fc.constantFrom('', '?plateNo=%E7%B2%A4B12345&plateColor=2'),
  body: fc.option(fc.uint8Array({ minLength: 1, maxLength: 200 }), { nil: null }),
  idempotencyKey: fc.option(fc.stringMatching(/^[A-Za-z0-9:_-]{8,60}$/), { nil: null }),
})

function received(sent: SignedParts): ReceivedParts {
  return { ...sent, contentDigest: sent.body === null ? null : contentDigest(sent.body, 'ed25519') }
}
function parsed(sent: SignedParts) {
  return expectOk(parseSignature(signRequest(sent, signer, fresh)), 'our own signature')
}

describe('HTTP message signatures (RFC 9421)', () => {
  it('has the digest of RFC 9530 and the thumbprint of RFC 7638 / RFC 8037', () => {
    expect(contentDigest(Buffer.from('{"hello": "world"}'), 'ed25519')).toBe(
      'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:',
    )
    expect(keyIdOf({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    )
  })

  it('writes the base of the standard: components in order, then the parameters', () => {
    const sent = { method: 'POST', path: '/v1/ratings', query: '', body: Buffer.from('{}'), idempotencyKey: null }
    const headers = signRequest(sent, signer, fresh)
    expect(headers['signature-input']).toBe(
      `kiosk=("@method" "@path" "@query" "content-digest");created=1795400000;nonce="abcdefghijklmnop";keyid="${keyId}";alg="ed25519"`,
    )
  })

  it('verifies what it signed', () => {
    fc.assert(
      fc.property(parts, (sent) => {
        expect(verifySignature(received(sent), parsed(sent), publicKey)).toBe(true)
      }),
    )
  })

  it('fails when anything that is signed differs', () => {
    fc.assert(
      fc.property(parts, parts, (sent, other) => {
        for (const field of ['method', 'path', 'query', 'body', 'idempotencyKey'] as const) {
          const changed = { ...sent, [field]: other[field] }
          if (Buffer.from(JSON.stringify(changed)).equals(Buffer.from(JSON.stringify(sent)))) continue
          expect([field, verifySignature(received(changed), parsed(sent), publicKey)]).toEqual([field, false])
        }
      }),
    )
  })

  it('does not take a body that is not the one of the digest, nor a digest that is not signed', () => {
    const sent = {
      method: 'POST',
      path: '/v1/ratings',
      query: '',
      body: Buffer.from('{"score":5}'),
      idempotencyKey: null,
    }
    const signature = parsed(sent)
    expect(verifySignature({ ...received(sent), body: Buffer.from('{"score":1}') }, signature, publicKey)).toBe(false)
    const unsigned = expectOk(parseSignature(signRequest({ ...sent, body: null }, signer, fresh)), 'without body')
    expect(verifySignature(received(sent), unsigned, publicKey)).toBe(false)
  })

  it.each([
    ['no headers', {}],
    ['another label', { label: 'sig1' }],
    ['another algorithm', { alg: 'hmac-sha256' }],
    ['no nonce', { nonce: undefined }],
    ['a short nonce', { nonce: 'short' }],
    ['a parameter twice', { extra: ';created=1' }],
    ['garbage', { extra: ';x="\\""' }],
  ])(
    'cannot read: %s',
    (what, change: { label?: string; alg?: string; nonce?: string | undefined; extra?: string }) => {
      const headers = signRequest(
        { method: 'GET', path: '/', query: '', body: null, idempotencyKey: null },
        signer,
        fresh,
      )
      const input = headers['signature-input']
        .replace(/^kiosk/, change.label ?? 'kiosk')
        .replace('ed25519', change.alg ?? 'ed25519')
        .replace(
          ';nonce="abcdefghijklmnop"',
          'nonce' in change
            ? change.nonce === undefined
              ? ''
              : `;nonce="${change.nonce}"`
            : ';nonce="abcdefghijklmnop"',
        )
      const given = what === 'no headers' ? {} : { ...headers, 'signature-input': input + (change.extra ?? '') }
      expect(parseSignature(given)).toEqual({ ok: false, error: { code: 'SIGNATURE_REQUIRED' } })
    },
  )

  it('signs with SM2 and an SM3 digest where the key is one, and no signature passes for one of the other kind', () => {
    const body = Buffer.from('{"score":5}')
    const sent = { method: 'POST', path: '/v1/ratings', query: '', body, idempotencyKey: null }
    const [edwards, sm2] = SIGNATURE_ALGORITHMS.map(generateKeyPair) as [typeof signer, typeof signer]
    const headers = signRequest(sent, sm2, fresh)
    expect(headers['signature-input']).toContain(';alg="sm2-sm3"')
    expect(headers['content-digest']).toMatch(/^sm3=:[A-Za-z0-9+/]{43}=:$/)
    const arrived = { ...sent, contentDigest: headers['content-digest'] ?? null }
    const read = expectOk(parseSignature(headers), 'SM2 signature')
    expect(verifySignature(arrived, read, sm2.publicKey)).toBe(true)
    expect(verifySignature(arrived, read, edwards.publicKey)).toBe(false)
    expect(verifySignature({ ...arrived, path: '/v1/events' }, read, sm2.publicKey)).toBe(false)
    expect(verifySignature({ ...arrived, body: Buffer.from('{"score":1}') }, read, sm2.publicKey)).toBe(false)
    const renamed = { ...headers, 'signature-input': headers['signature-input'].replace('sm2-sm3', 'ed25519') }
    expect(verifySignature(arrived, expectOk(parseSignature(renamed), 'renamed'), sm2.publicKey)).toBe(false)
  })

  it('answers any headers without throwing', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (input, signature) => {
        expect(parseSignature({ 'signature-input': input, signature }).ok).toBe(false)
      }),
    )
  })
})
