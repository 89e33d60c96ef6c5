import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { assetPath } from '../../../lib/assets.ts'

/**
 * What a citizen was asked before the camera: the first 16 hexadecimal figures of the SHA-256 of the words on that screen.
 * The words of a version are those of the program of that version, so a record of the figures is a record of the words.
 */
export function consentText(): string {
  version ??= fingerprint()
  return version
}

let version: string | undefined

function fingerprint(): string {
  const { consent } = JSON.parse(readFileSync(assetPath('texts', 'zh-CN.json'), 'utf8')) as { consent?: object }
  if (consent === undefined) throw new Error('the text file has no words of consent')
  return createHash('sha256').update(JSON.stringify(consent)).digest('hex').slice(0, 16)
}
