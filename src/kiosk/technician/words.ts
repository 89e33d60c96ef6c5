import { readFileSync } from 'node:fs'
import type { TextRef } from '../../ipc/text.ts'
import { assetPath } from '../../lib/assets.ts'

/** The words under `key` of the one text file, for paper and for what is no sentence of the page; undefined where there are none. */
function wordsAt(key: string): string | undefined {
  texts ??= JSON.parse(readFileSync(assetPath('texts', 'zh-CN.json'), 'utf8')) as object
  const found = key
    .split('.')
    .reduce<unknown>((node, part) => (node as Readonly<Record<string, unknown>> | undefined)?.[part], texts)
  return typeof found === 'string' ? found : undefined
}

/** The words of a title without parameters; its key where the text file has none. */
export function wordsOf({ key }: TextRef): string {
  return wordsAt(key) ?? key
}

/** What a field of the site file is, in words: devices share theirs, whatever their role. */
export function fieldWords(path: readonly string[]): string | undefined {
  const [first, , ...rest] = path
  const shared = first === 'devices' ? ['device', ...rest] : path
  return wordsAt(`console.siteField.${shared.join('_')}`)
}

/** A section of the site file in words. */
export function groupWords(group: string): string {
  const role = /^devices\.(.+)$/.exec(group)?.[1]
  return wordsAt(role === undefined ? `console.siteGroup.${group}` : `device.name.${role}`) ?? group
}

let texts: object | undefined
