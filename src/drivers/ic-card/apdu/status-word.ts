const WORDS: Readonly<Record<string, string | undefined>> = {
  '6281': 'part of the data may be damaged',
  '6282': 'the file ended earlier',
  '6283': 'the file is blocked',
  '6300': 'authentication failed',
  '6581': 'the card cannot write any more',
  '6700': 'wrong length',
  '6881': 'logical channels are not supported',
  '6882': 'secure messaging is not supported',
  '6981': 'the file has another structure',
  '6982': 'security conditions are not met: a key is missing',
  '6983': 'the key is blocked',
  '6984': 'no challenge was asked for',
  '6985': 'conditions of use are not met',
  '6986': 'no file is selected',
  '6988': 'wrong MAC',
  '6A80': 'wrong data',
  '6A81': 'the card or application is locked',
  '6A82': 'file or application not found',
  '6A83': 'record not found',
  '6A86': 'wrong parameters',
  '6A88': 'data not found',
  '6B00': 'wrong offset',
  '6D00': 'the card does not know this command',
  '6E00': 'the card does not know this class',
  '9000': 'done',
  '9303': 'the application is locked for good',
  '9403': 'no such key',
}

export const swHex = (sw: number): string => sw.toString(16).toUpperCase().padStart(4, '0')

/** A status word in words, from ISO 7816-4 and PBOC. For technicians. */
export function describeStatusWord(sw: number): string {
  if ((sw & 0xfff0) === 0x63c0) return `wrong, ${sw & 0x0f} tries left`
  if (sw >> 8 === 0x61) return `done, ${sw & 0xff} more bytes ready`
  if (sw >> 8 === 0x6c) return `wrong length, ${sw & 0xff} is right`
  return WORDS[swHex(sw)] ?? `unknown status ${swHex(sw)}`
}
