import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { certificateProfile } from '../../../tests/support/printing.ts'
import { assetPath } from '../../lib/assets.ts'
import { CertificatePrinterProfile } from './profile.ts'

const shipped = readdirSync(assetPath('printers'))
  .map((name) => [name, JSON.parse(readFileSync(assetPath('printers', name), 'utf8')) as { kind?: string }] as const)
  .filter(([, profile]) => profile.kind === 'certificate-printer')

function refusal(profile: unknown): string {
  const read = CertificatePrinterProfile.safeParse(profile)
  return read.success ? '' : read.error.message
}

describe('the shipped profiles', () => {
  it('are the families a site can meet', () => {
    expect(shipped.map(([name]) => name).sort()).toEqual([
      'epson-plq-20.json',
      'escp2-plain.json',
      'escp2-slip.json',
      'generic-lq-k.json',
      'pr2-generic.json',
    ])
  })

  it.each(shipped)('%s can be used, and says what nobody has verified', (_, profile) => {
    expect(refusal(profile)).toBe('')
    expect(CertificatePrinterProfile.parse(profile).unverified).not.toEqual([])
  })

  it('of PR2 call every code of the answers unverified', () => {
    for (const name of ['pr2-generic', 'epson-plq-20']) {
      const { pr2, unverified } = certificateProfile(name)
      for (const code of ['ready', 'coverOpen', 'jam', 'documentPresent', 'documentAbsent', 'documentEjected']) {
        expect(pr2).toHaveProperty(code)
        expect(unverified).toContain(`pr2.${code}`)
      }
    }
  })
})

describe('a profile', () => {
  const pr2 = certificateProfile('pr2-generic')

  it('without the meaning of the answers is refused: nobody guesses whether a page is in', () => {
    const { pr2: codes, ...without } = pr2
    expect(refusal(without)).toContain('needs the codes of the answers')
    expect(refusal({ ...pr2, pr2: { ...codes, documentPresent: [] } })).toContain('pr2.documentPresent has no code')
  })

  it('without them is no obstacle where the printer is not asked', () => {
    expect(refusal({ ...pr2, pr2: undefined, statusMethod: 'none' })).toBe('')
  })

  it('that gives one code two meanings is refused', () => {
    expect(refusal({ ...pr2, pr2: { ...pr2.pr2, jam: [48] } })).toContain('code 48 means two of')
    expect(refusal({ ...pr2, pr2: { ...pr2.pr2, documentAbsent: [49] } })).toContain('code 49 means two of')
  })

  it('that asks in another language than it prints is refused', () => {
    expect(refusal({ ...pr2, protocol: 'esc-p2' })).toContain('has no PR2 status')
    expect(refusal({ ...pr2, statusMethod: 'dle-eot-slip' })).toContain('does not answer DLE EOT')
  })
})
