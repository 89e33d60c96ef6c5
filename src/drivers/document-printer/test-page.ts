const POINTS_PER_MM = 72 / 25.4
const WIDTH = 210
const HEIGHT = 297

/**
 * The test page (P10) as a PDF of its own: rulers along two edges, a frame 10 mm inside the sheet, crosses at known places,
 * five greys and one line of text. It is made of lines in millimetres, so a technician lays a ruler on it and sees whether
 * the printer scales or shifts, and it needs no window and no font.
 * @param line printable ASCII for the foot: kiosk, queue, time; anything else is left out
 */
export function testPagePdf(line: string): Uint8Array {
  const content = [
    `${POINTS_PER_MM} 0 0 ${-POINTS_PER_MM} 0 ${HEIGHT * POINTS_PER_MM} cm 0.2 w`,
    '10 10 190 277 re S',
    ...[...ruler(190)].map(([at, length]) => `${10 + at} 10 m ${10 + at} ${10 + length} l S`),
    ...[...ruler(277)].map(([at, length]) => `10 ${10 + at} m ${10 + length} ${10 + at} l S`),
    ...CROSSES.map(([x, y]) => `${x - 5} ${y} m ${x + 5} ${y} l ${x} ${y - 5} m ${x} ${y + 5} l S`),
    ...GREYS.map((grey, index) => `${grey} g ${55 + index * 20} 200 20 20 re f`),
    '0 g',
    text(30, 40, 6, 'A4 TEST PAGE  210 x 297 mm'),
    text(30, 48, 4, 'Frame: 10 mm from every edge. Rulers: 1 mm. Crosses: 50/105/160 x 100/148.5 mm.'),
    text(30, 280, 4, line.replace(/[^\x20-\x7e]/g, '')),
  ].join('\n')
  return assemble(content)
}

const GREYS = [0, 0.25, 0.5, 0.75, 0.9]
const CROSSES = [
  [50, 100],
  [105, 148.5],
  [160, 100],
] as const

/** A stroke each millimetre, longer at each fifth and tenth. */
function* ruler(length: number): Generator<readonly [at: number, length: number]> {
  for (let at = 1; at < length; at++) yield [at, at % 10 === 0 ? 6 : at % 5 === 0 ? 4 : 2]
}

function text(x: number, y: number, size: number, words: string): string {
  const escaped = words.replace(/[\\()]/g, (char) => `\\${char}`)
  // The page's y grows downwards here; letters are turned back.
  return `BT /F1 ${size} Tf 1 0 0 -1 ${x} ${y} Tm (${escaped}) Tj ET`
}

/** The smallest PDF 1.4 that holds one page (ISO 32000-1 section 7.5). */
function assemble(content: string): Uint8Array {
  const box = [WIDTH, HEIGHT].map((side) => (side * POINTS_PER_MM).toFixed(5)).join(' ')
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${box}]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>`,
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ]
  let file = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = file.length
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`
  return new TextEncoder().encode(file)
}
