import { EVENTS, MOMENTS, type EventName, type MomentName } from './happenings.ts'
import { CELLS, SWEEPS, type Outcome } from './moments.ts'

const INTRO = `# Moments

What happens when a device is unplugged, loses its power or stops, at each moment of an endorsement. This page is written from
the table that the tests play (\`tests/moments/\`; \`UPDATE_DOCS=1 npx vitest run tests/moments/page.test.ts\`): each line is one
visit on the whole kiosk, with simulated devices, in simulated time.

- **sees**: what the citizen meets. A name in capitals is a trouble, with its words in \`problem.<NAME>\` of the text file; \`closed\` is
  the reason on the grey service of the home screen; \`goes on\` is a visit to its end, behind a comma what S09 says of the slip.
- **store**, **ink**: at that time, the endorsements in the kiosk's store that are not over, and how much of the row is on the page.
- **then**: the device is back. \`RETRY\`: she presses 重试; \`next visit\`: only 退出 (and staff) is offered, and she comes again;
  \`opens\`: the service opens by itself.
- **centre**, **rows**, **slip**: at the end, when everything is delivered: the centre's record, rows of the page with ink, a slip.

\`PRINT_UNKNOWN\` is never tried again by the machine: staff look at the page and say what is on it. Two rows with ink are the
spoiled row and its 补打 with the same number. The printers of these tests keep what they have received when only the kiosk
loses power, so the row it had sent is finished without it, and nobody believes that before it was looked at.
`

/** The text of docs/moments.md. */
export function page(): string {
  const sections = (Object.keys(EVENTS) as EventName[]).map(sectionOf).filter((section) => section !== '')
  return `${INTRO}\n${sections.join('\n')}`
}

function sectionOf(event: EventName): string {
  const rows = (Object.keys(MOMENTS) as MomentName[]).flatMap((moment) => {
    const outcome = CELLS[event]?.[moment]
    return outcome === undefined ? [] : [rowOf(moment, outcome)]
  })
  const sweep = SWEEPS.find((each) => each.event === event)
  if (rows.length === 0 && sweep === undefined) return ''
  const table = rows.length === 0 ? '' : `${HEAD}${rows.join('')}`
  return `## ${EVENTS[event].title}\n\n${table}${sweep === undefined ? '' : sentenceOf(sweep, rows.length > 0)}`
}

const HEAD = `| moment | sees | store | ink | then | centre | rows | slip |
| --- | --- | --- | --- | --- | --- | --- | --- |
`

function rowOf(moment: MomentName, { sees, store, ink, then, centre, rows, slip }: Outcome): string {
  return `| ${[MOMENTS[moment].title, sees, store, ink, then, centre, rows, slip ? 'yes' : 'no'].join(' | ')} |\n`
}

function sentenceOf(sweep: (typeof SWEEPS)[number], isAfterTable: boolean): string {
  const moments = sweep.moments.map((moment) => MOMENTS[moment].title).join('、')
  return `${isAfterTable ? '\n' : ''}No effect (${sweep.why}): ${moments}.\n`
}
