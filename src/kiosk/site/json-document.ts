import { err, ok, type Result } from '../../lib/result.ts'

/** Where in a text: both count from 1, columns in UTF-16 units as editors do. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

export interface JsonSyntaxError extends TextPosition {
  /** What is wrong, in words, as the rest of "line 3, column 7: …". */
  readonly reason: string
}

/** A JSON text that remembers where each of its members was written. */
export interface JsonDocument {
  readonly value: unknown
  /** The member at `path`, or the nearest one around it that was written. */
  locate(path: readonly (string | number)[]): TextPosition
}

/** Deeper nesting is nobody's site file, and would end in a stack overflow. */
const DEPTH_LIMIT = 64

/**
 * Reads JSON (RFC 8259) as strictly as `JSON.parse`, with what a person who edits by hand needs: the line and column of
 * the first error and of every member, and a refusal of a key written twice, of which `JSON.parse` silently drops one.
 */
export function parseJsonDocument(text: string): Result<JsonDocument, JsonSyntaxError> {
  const reader = new Reader(text)
  try {
    const value = reader.document()
    const { places } = reader
    return ok({ value, locate: (path) => positionAt(text, nearest(places, path)) })
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
    return err({ ...positionAt(text, error.offset), reason: error.message })
  }
}

class SyntaxProblem extends Error {
  readonly offset: number
  constructor(offset: number, reason: string) {
    super(reason)
    this.offset = offset
  }
}

type Path = readonly (string | number)[]

class Reader {
  readonly places = new Map<string, number>()
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
    // A byte order mark, as some editors write it, is not part of the text.
    if (text.startsWith('\uFEFF')) this.#at = 1
  }

  document(): unknown {
    const value = this.#value([])
    this.#space()
    if (this.#at < this.#text.length) throw this.#problem('nothing may follow the closing brace')
    return value
  }

  #value(path: Path): unknown {
    this.#space()
    if (path.length > DEPTH_LIMIT) throw this.#problem(`nested deeper than ${DEPTH_LIMIT}`)
    if (!this.places.has(JSON.stringify(path))) this.places.set(JSON.stringify(path), this.#at)
    const char = this.#text[this.#at]
    if (char === '{') return this.#object(path)
    if (char === '[') return this.#array(path)
    if (char === '"') return this.#string()
    return this.#scalar()
  }

  #object(path: Path): Record<string, unknown> {
    const members = new Map<string, unknown>()
    this.#at++
    this.#space()
    if (this.#take('}')) return {}
    for (;;) {
      this.#space()
      const place = this.#at
      if (this.#text[place] !== '"')
        throw this.#problem(
          this.#text[place] === '}' ? 'a comma before a closing brace' : 'a key in double quotes is expected',
        )
      const key = this.#string()
      if (members.has(key)) throw new SyntaxProblem(place, `the key "${key}" is written twice`)
      this.places.set(JSON.stringify([...path, key]), place)
      this.#space()
      if (!this.#take(':')) throw this.#problem(`a colon is expected after "${key}"`)
      members.set(key, this.#value([...path, key]))
      this.#space()
      if (this.#take('}')) return Object.fromEntries(members)
      if (!this.#take(',')) throw this.#problem('a comma or a closing brace is expected')
    }
  }

  #array(path: Path): unknown[] {
    const items: unknown[] = []
    this.#at++
    this.#space()
    if (this.#take(']')) return items
    for (;;) {
      items.push(this.#value([...path, items.length]))
      this.#space()
      if (this.#take(']')) return items
      if (!this.#take(',')) throw this.#problem('a comma or a closing bracket is expected')
    }
  }

  #string(): string {
    const start = this.#at
    // RFC 8259 section 7: control characters must be escaped.
    const body = this.#match(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y)
    if (this.#take('"')) return JSON.parse(`${body}"`) as string
    const stopped = this.#text[this.#at]
    if (stopped === '\\') throw this.#problem('a backslash must be written twice: \\\\')
    throw stopped === undefined || stopped === '\n' || stopped === '\r'
      ? new SyntaxProblem(start, 'a text is not closed: its second double quote is missing')
      : this.#problem('a control character in a text')
  }

  #scalar(): unknown {
    const word = this.#match(/[^\s,:{}[\]"]*/y)
    const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word)
    if (isNumber || word === 'true' || word === 'false' || word === 'null') return JSON.parse(word) as unknown
    this.#at -= word.length
    if (word === '')
      throw this.#problem(this.#at < this.#text.length ? 'a value is expected' : 'the file ends too early')
    if (word.startsWith('//') || word.startsWith('/*')) throw this.#problem('comments are not allowed')
    throw this.#problem(`${word} is not a value; a text needs double quotes`)
  }

  #space(): void {
    this.#match(/[ \t\n\r]*/y)
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #problem(reason: string): SyntaxProblem {
    return new SyntaxProblem(this.#at, this.#at < this.#text.length ? reason : 'the file ends too early')
  }
}

function nearest(places: ReadonlyMap<string, number>, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const place = places.get(JSON.stringify(path.slice(0, length)))
    if (place !== undefined) return place
  }
  return 0
}

function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return { line: before.length, column: (before.at(-1) ?? '').replace('\uFEFF', '').length + 1 }
}
