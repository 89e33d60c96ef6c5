/** What may be wrong with a value of the site file, by name: each has a sentence of its own at the console. */
export const SITE_COMPLAINTS = [
  'missing',
  'unknownName',
  'notText',
  'notNumber',
  'notWholeNumber',
  'notSwitch',
  'notGroup',
  'notList',
  'notAllowed',
  'empty',
  'tooShort',
  'tooSmall',
  'tooBig',
  'tooLong',
  'format',
  'other',
  'testArea',
  'noProvince',
  'urlWithPassword',
  'urlWithQuery',
  'urlNotHttps',
  'visitTooShort',
  'portMissing',
  'portTwice',
  'readerShared',
  'layoutTwice',
  'keyboardAlone',
  'hidNeedsSerial',
  'upsNameMissing',
  'upsNeedsTcp',
  'portShared',
  'staffTwice',
] as const
export type SiteComplaintCode = (typeof SITE_COMPLAINTS)[number]

/** Something in the site file that is wrong. */
export interface SiteComplaint {
  readonly path: readonly (string | number)[]
  /** In English words that follow the path. */
  readonly reason: string
  readonly code: SiteComplaintCode
  /** What the sentence of `code` names: `{ minimum: '10000', found: '5' }`. */
  readonly params?: Readonly<Record<string, string>>
}
