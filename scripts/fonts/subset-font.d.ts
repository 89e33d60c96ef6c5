declare module 'subset-font' {
  /** Cuts a font to the characters of `text` with HarfBuzz. */
  export default function subsetFont(
    font: Buffer,
    text: string,
    options?: { targetFormat?: 'truetype' | 'woff' | 'woff2'; noHinting?: boolean },
  ): Promise<Buffer>
}
