import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { review } from '../central/contract/review.ts'
import { BADGE_KINDS } from '../domain/review/vocabulary.ts'
import { assetPath } from '../lib/assets.ts'
import { catalogue } from './services/catalogue.ts'
import { troubleCodes } from './visit/trouble.ts'
import type { Closing } from './house.ts'

const texts = JSON.parse(readFileSync(assetPath('texts', 'zh-CN.json'), 'utf8')) as Record<string, unknown>

function at(key: string): unknown {
  return key.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], texts)
}

const closings: Record<Closing, true> = {
  DEVICE_CHECKING: true,
  CARD_READER_FAULT: true,
  RECEIPT_PAPER_OUT: true,
  RECEIPT_COVER_OPEN: true,
  RECEIPT_PAPER_JAM: true,
  RECEIPT_EXIT_BLOCKED: true,
  RECEIPT_PRINTER_BUSY: true,
  RECEIPT_PRINTER_FAULT: true,
  CERTIFICATE_COVER_OPEN: true,
  CERTIFICATE_PAPER_JAM: true,
  CERTIFICATE_PRINTER_FAULT: true,
  UNKNOWN_PAGE_INSIDE: true,
  POWER_ON_UPS: true,
  TAMPER: true,
  DISK_LOW: true,
  CENTRE_UNREACHABLE: true,
  NO_NETWORK: true,
  OFFLINE_TOO_LONG: true,
  OUTBOX_TOO_DEEP: true,
  CENTRE_STARTING: true,
  NOT_ENROLLED: true,
  CLOCK_SKEW: true,
}

const messages = review.shape.message.options.map((option) => option.shape.code.value)

/** Every key the kiosk process can put into a snapshot. */
const keys = [
  ...troubleCodes.flatMap((code) => ['what', 'assurance', 'todo'].map((part) => `problem.${code}.${part}`)),
  ...Object.keys(closings).map((code) => `closed.${code}`),
  ...['FACE_STARTING', 'FACE_OFF', 'MODEL_MISSING', 'NOT_OPEN'].map((code) => `closed.${code}`),
  ...catalogue.flatMap(({ id }) => [`service.${id}.title`, `service.${id}.hint`]),
  ...Object.keys(BADGE_KINDS).map((kind) => `badge.${kind}`),
  ...messages.flatMap((code) => [`verdict.${code}.title`, `verdict.${code}.detail`]),
  ...['AUTHORIZE', 'INSERT', 'PRINT', 'PROVE', 'RECEIPT', 'VEHICLE', 'CENTRE', 'RESULT', 'SUBMIT', 'CHECKING'].map(
    (step) => `step.${step}`,
  ),
  ...['CARD_AGAIN', 'CARD_NOT_ID', 'CERTIFICATE_MISMATCH', 'SMS_WRONG', 'SMS_EXPIRED'].map((name) => `remark.${name}`),
  ...['operator', 'operationStatus', 'scope', 'certificateValidUntil', 'reviewValidUntil'].map(
    (name) => `publicStatus.${name}`,
  ),
  'publicStatus.notFound',
  'publicStatus.notYours',
  'plain',
]

describe('the text file', () => {
  it.each(keys)('has words for %s', (key) => {
    expect(typeof at(key), key).toBe('string')
  })
})
