/** A key as the page saw it. */
export interface WedgeKey {
  /** `KeyboardEvent.key`: one character, or the name of a key. */
  readonly key: string
  /** When, milliseconds on a clock that only this page uses. */
  readonly at: number
}

export interface WedgeRules {
  /** Characters every code begins with, set in the scanner; '' for none. They are no part of the code. */
  readonly prefix: string
  /** Keys farther apart than this were typed by a person, milliseconds. */
  readonly maxGapMs: number
}

export const DEFAULT_WEDGE_RULES: WedgeRules = { prefix: '', maxGapMs: 30 }

/** keys-lost: a scanner typed, and an input method or a keyboard layout kept some of it. */
export type WedgeHeard = { readonly kind: 'code'; readonly text: string } | { readonly kind: 'keys-lost' }

/** Fewer keys than this in one burst may be two fingers slipping. */
const SHORTEST = 4
const LONGEST = 4096

/** Keys of which a code says nothing: pressed together with the letter that follows. */
const BESIDE_LETTERS: ReadonlySet<string> = new Set(['Shift', 'CapsLock', 'NumLock'])
/**
 * Names a browser gives to a key that an input method took (`Process`) or that waits for another (`Dead`, `Compose`); and
 * the keys with which scanners type what the keyboard does not have (Alt with digits, Ctrl with letters).
 */
const LETTER_LOST: ReadonlySet<string> = new Set([
  'Process',
  'Unidentified',
  'Dead',
  'Compose',
  'Alt',
  'AltGraph',
  'Control',
])

/**
 * Puts the keys of a scanner in keyboard mode together. The only thing that tells it from a person is its haste, so a
 * burst counts where every key follows the last within `maxGapMs`, Enter too; anything slower is never a code.
 */
export class WedgeAssembler {
  private readonly rules: WedgeRules
  private text = ''
  private keys = 0
  private lost = false
  private lastAt = -Infinity

  constructor(rules: WedgeRules = DEFAULT_WEDGE_RULES) {
    this.rules = rules
  }

  get midCode(): boolean {
    return this.keys > 0
  }

  take({ key, at }: WedgeKey): WedgeHeard | undefined {
    const gap = at - this.lastAt
    this.lastAt = at
    // Not `gap > max`: a time that is no number, or runs backwards, is not haste.
    if (!(gap >= 0 && gap <= this.rules.maxGapMs)) this.forget()
    if (BESIDE_LETTERS.has(key)) return undefined
    if (key === 'Enter') return this.end()
    if (Array.from(key).length > 1 && !LETTER_LOST.has(key)) this.forget()
    else this.add(key)
    return undefined
  }

  /** No key has come for a while: a burst without Enter is no code, but one with lost keys is worth telling. */
  endBySilence(): WedgeHeard | undefined {
    const wasLost = this.lost && this.keys >= SHORTEST
    this.forget()
    return wasLost ? { kind: 'keys-lost' } : undefined
  }

  private add(key: string): void {
    if (this.keys < LONGEST) this.keys++
    const isPlain = key.length === 1 && key >= ' ' && key <= '~'
    if (!isPlain) this.lost = true
    else if (this.text.length < LONGEST + this.rules.prefix.length) this.text += key
  }

  private end(): WedgeHeard | undefined {
    const { text, keys, lost } = this
    const { prefix } = this.rules
    this.forget()
    if (keys < SHORTEST) return undefined
    if (lost) return { kind: 'keys-lost' }
    if (!text.startsWith(prefix) || text.length === prefix.length) return undefined
    return { kind: 'code', text: text.slice(prefix.length) }
  }

  private forget(): void {
    this.text = ''
    this.keys = 0
    this.lost = false
  }
}
