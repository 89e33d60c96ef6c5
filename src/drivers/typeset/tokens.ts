/** The values a document is filled with. A list fills a repeated block. */
export type TemplateData = Readonly<Record<string, string | readonly Readonly<Record<string, string>>[]>>

const TOKEN = /\{\{\s*([A-Za-z][A-Za-z0-9]*)\s*\}\}/gu

/** Replaces every `{{name}}`. `missing` collects the names that have no value, so a caller can refuse to print a gap. */
export function fillTokens(text: string, data: TemplateData, missing: Set<string>): string {
  return text.replace(TOKEN, (_, name: string) => {
    const value = Object.hasOwn(data, name) ? data[name] : undefined
    if (typeof value === 'string') return value
    missing.add(name)
    return ''
  })
}
