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

/** A sentence of the one text file with its parameters filled in; its key where there is none. */
export function sentence(key: string, params: Readonly<Record<string, string>> = {}): string {
  return (wordsAt(key) ?? key).replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
}

const USB_ID = '0C2E'
/** Values as they are typed, which are words of no language. */
const EXAMPLES: Readonly<Record<string, string>> = {
  province: 'guangdong',
  centre_url: 'https://centre.example.cn',
  device_transport_path: '/dev/usb/lp0',
  device_model: 'generic-80mm',
  device_transport_host: '192.168.1.20',
  technician_logRecipient: 'age1',
  time_ntpServer: 'ntp.example.cn',
  device_transport_usb_vendorId: USB_ID,
  device_transport_usb_productId: USB_ID,
  device_transport_vendorId: USB_ID,
  device_transport_productId: USB_ID,
  device_transport_usagePage: '008C',
  maintenance_restartAt: '03:30',
}

/** How a value is to be written, where only a pattern says so; undefined where a field has none. */
export function formatWords(path: readonly string[]): string | undefined {
  const name = sharedName(path)
  const key = `console.siteFormat.${name}`
  return wordsAt(key) === undefined ? undefined : sentence(key, { example: EXAMPLES[name] ?? '' })
}

/** What a field of the site file is, in words: devices share theirs, whatever their role. */
export function fieldWords(path: readonly string[]): string | undefined {
  return wordsAt(`console.siteField.${sharedName(path)}`)
}

function sharedName(path: readonly string[]): string {
  const [first, , ...rest] = path
  return (first === 'devices' ? ['device', ...rest] : path).join('_')
}

/** A section of the site file in words. */
export function groupWords(group: string): string {
  const role = /^devices\.(.+)$/.exec(group)?.[1]
  return wordsAt(role === undefined ? `console.siteGroup.${group}` : `device.name.${role}`) ?? group
}

let texts: object | undefined
