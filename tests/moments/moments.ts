import { MOMENTS, type EventName, type MomentName } from './happenings.ts'

/** What came of one event at one moment. */
export interface Outcome {
  /** What the citizen meets: `goes on`, a trouble, a closed service. */
  readonly sees: string
  /** Where her endorsement is at that time, in the kiosk's store. */
  readonly store: string
  /** How much of the row is on the certificate at that time. */
  readonly ink: 'none' | 'part' | 'whole'
  /** The device is back: what she does, and what she meets. */
  readonly then: string
  /** What the centre says when everything was delivered. */
  readonly centre: string
  /** Rows of the certificate with ink at the end. */
  readonly rows: number
  /** Whether a slip came out. */
  readonly slip: boolean
}

interface Row {
  readonly event: EventName
  readonly moments: readonly MomentName[]
  readonly outcome: Outcome
}

/** Moment × device × event → outcome. The tests play each line; docs/moments.md is written from it. */
const TABLE: readonly Row[] = [
  {
    event: 'READER_UNPLUGGED',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CARD_READER_FAULT',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'READER_UNPLUGGED',
    moments: ['CONSENT', 'CARD_WAITING', 'CARD_FIRST_BYTE', 'CARD_MIDDLE', 'CARD_LAST_BYTE'],
    outcome: {
      sees: 'CARD_READER_FAULT',
      store: '—',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'READER_OFF',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CARD_READER_FAULT',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'READER_OFF',
    moments: ['CONSENT', 'CARD_WAITING', 'CARD_FIRST_BYTE', 'CARD_MIDDLE', 'CARD_LAST_BYTE'],
    outcome: {
      sees: 'CARD_READER_FAULT',
      store: '—',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_UNPLUGGED',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CERTIFICATE_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_UNPLUGGED',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'CERTIFICATE_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_UNPLUGGED',
    moments: ['AUTHORIZING', 'INSERTING'],
    outcome: {
      sees: 'CERTIFICATE_PRINTER_FAULT',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_UNPLUGGED',
    moments: ['POSITIONING'],
    outcome: {
      sees: 'PRINT_FAILED',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_UNPLUGGED',
    moments: ['LINE_1', 'LINE_2', 'LINE_3', 'LINE_4', 'LINE_5'],
    outcome: {
      sees: 'PRINT_UNKNOWN',
      store: 'PRINT_UNKNOWN',
      ink: 'part',
      then: 'next visit: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'CERTIFICATE_UNPLUGGED',
    moments: ['LINE_6', 'EJECTED'],
    outcome: {
      sees: 'PRINT_UNKNOWN',
      store: 'PRINT_UNKNOWN',
      ink: 'whole',
      then: 'next visit: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'CERTIFICATE_OFF',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CERTIFICATE_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_OFF',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'CERTIFICATE_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_OFF',
    moments: ['AUTHORIZING', 'INSERTING'],
    outcome: {
      sees: 'CERTIFICATE_PRINTER_FAULT',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_OFF',
    moments: ['POSITIONING'],
    outcome: {
      sees: 'PRINT_FAILED',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_OFF',
    moments: ['LINE_1', 'LINE_2', 'LINE_3', 'LINE_4', 'LINE_5'],
    outcome: {
      sees: 'PRINT_UNKNOWN',
      store: 'PRINT_UNKNOWN',
      ink: 'part',
      then: 'next visit: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'CERTIFICATE_OFF',
    moments: ['LINE_6', 'EJECTED'],
    outcome: {
      sees: 'PRINT_UNKNOWN',
      store: 'PRINT_UNKNOWN',
      ink: 'whole',
      then: 'next visit: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'CERTIFICATE_JAM',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CERTIFICATE_PAPER_JAM',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_JAM',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'CERTIFICATE_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_JAM',
    moments: ['AUTHORIZING', 'INSERTING'],
    outcome: {
      sees: 'CERTIFICATE_PRINTER_FAULT',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_JAM',
    moments: ['POSITIONING'],
    outcome: {
      sees: 'PRINT_FAILED',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_JAM',
    moments: ['LINE_1', 'LINE_2', 'LINE_3', 'LINE_4', 'LINE_5'],
    outcome: {
      sees: 'PRINT_FAILED',
      store: 'PRINT_FAILED',
      ink: 'part',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 2,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_JAM',
    moments: ['LINE_6', 'EJECTED'],
    outcome: {
      sees: 'PRINT_FAILED',
      store: 'PRINT_FAILED',
      ink: 'whole',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 2,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_COVER',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CERTIFICATE_COVER_OPEN',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_COVER',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'CERTIFICATE_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_COVER',
    moments: ['AUTHORIZING', 'INSERTING'],
    outcome: {
      sees: 'CERTIFICATE_PRINTER_FAULT',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_COVER',
    moments: ['POSITIONING'],
    outcome: {
      sees: 'PRINT_FAILED',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_COVER',
    moments: ['LINE_1', 'LINE_2', 'LINE_3', 'LINE_4', 'LINE_5'],
    outcome: {
      sees: 'PRINT_FAILED',
      store: 'PRINT_FAILED',
      ink: 'part',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 2,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_COVER',
    moments: ['LINE_6', 'EJECTED'],
    outcome: {
      sees: 'PRINT_FAILED',
      store: 'PRINT_FAILED',
      ink: 'whole',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 2,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_PULLED',
    moments: ['POSITIONING'],
    outcome: {
      sees: 'CERTIFICATE_NOT_INSERTED',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CERTIFICATE_PULLED',
    moments: ['LINE_1', 'LINE_2', 'LINE_3', 'LINE_4', 'LINE_5'],
    outcome: {
      sees: 'PRINT_UNKNOWN',
      store: 'PRINT_UNKNOWN',
      ink: 'part',
      then: 'next visit: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'CERTIFICATE_PULLED',
    moments: ['LINE_6', 'EJECTED'],
    outcome: {
      sees: 'PRINT_UNKNOWN',
      store: 'PRINT_UNKNOWN',
      ink: 'whole',
      then: 'next visit: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'RECEIPT_UNPLUGGED',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_UNPLUGGED',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_UNPLUGGED',
    moments: ['LINE_3'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'RECEIPT_UNPLUGGED',
    moments: ['RECEIPT_START', 'RECEIPT_MIDDLE'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_UNPLUGGED',
    moments: ['RECEIPT_CUT'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'RECEIPT_OFF',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_OFF',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_OFF',
    moments: ['LINE_3', 'RECEIPT_START', 'RECEIPT_MIDDLE'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'RECEIPT_OFF',
    moments: ['RECEIPT_CUT'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'RECEIPT_PAPER_OUT',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: RECEIPT_PAPER_OUT',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_PAPER_OUT',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_PAPER_OUT',
    moments: ['LINE_3'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'RECEIPT_PAPER_OUT',
    moments: ['RECEIPT_START', 'RECEIPT_MIDDLE'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_PAPER_OUT',
    moments: ['RECEIPT_CUT'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'RECEIPT_JAM',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: RECEIPT_PAPER_JAM',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_JAM',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_JAM',
    moments: ['LINE_3'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'RECEIPT_JAM',
    moments: ['RECEIPT_START', 'RECEIPT_MIDDLE'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_JAM',
    moments: ['RECEIPT_CUT'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'RECEIPT_COVER',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: RECEIPT_COVER_OPEN',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_COVER',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_COVER',
    moments: ['LINE_3'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'RECEIPT_COVER',
    moments: ['RECEIPT_START', 'RECEIPT_MIDDLE'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_COVER',
    moments: ['RECEIPT_CUT'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'RECEIPT_CUTTER',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: RECEIPT_PAPER_JAM',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_CUTTER',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_CUTTER',
    moments: ['LINE_3'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'RECEIPT_CUTTER',
    moments: ['RECEIPT_START', 'RECEIPT_MIDDLE'],
    outcome: {
      sees: 'goes on, RECEIPT_PRINTER_FAULT',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'RECEIPT_CUTTER',
    moments: ['RECEIPT_CUT'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'CENTRE_DOWN',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CENTRE_UNREACHABLE',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_DOWN',
    moments: ['IDENTIFYING', 'CHECKING'],
    outcome: {
      sees: 'CENTRE_UNREACHABLE',
      store: '—',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_DOWN',
    moments: ['AUTHORIZING'],
    outcome: {
      sees: 'CENTRE_UNREACHABLE',
      store: 'REQUESTED',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_DOWN',
    moments: ['LINE_3', 'REPORTING'],
    outcome: { sees: 'goes on', store: 'PRINTED', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'CENTRE_DOWN',
    moments: ['ENDING'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'CENTRE_SILENT',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CENTRE_UNREACHABLE',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_SILENT',
    moments: ['IDENTIFYING', 'CHECKING'],
    outcome: {
      sees: 'CENTRE_SLOW',
      store: '—',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_SILENT',
    moments: ['AUTHORIZING'],
    outcome: {
      sees: 'CENTRE_SLOW',
      store: 'REQUESTED',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_SILENT',
    moments: ['LINE_3', 'REPORTING'],
    outcome: { sees: 'goes on', store: 'PRINTED', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'CENTRE_SILENT',
    moments: ['ENDING'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'CENTRE_DEAF',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: CENTRE_UNREACHABLE',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_DEAF',
    moments: ['IDENTIFYING', 'CHECKING'],
    outcome: {
      sees: 'CENTRE_UNREACHABLE',
      store: '—',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_DEAF',
    moments: ['AUTHORIZING'],
    outcome: {
      sees: 'CENTRE_UNREACHABLE',
      store: 'REQUESTED',
      ink: 'none',
      then: 'RETRY: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'CENTRE_DEAF',
    moments: ['LINE_3', 'REPORTING'],
    outcome: { sees: 'goes on', store: 'PRINTED', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'CENTRE_DEAF',
    moments: ['ENDING'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'MAINS_FAIL',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: POWER_ON_UPS',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'MAINS_FAIL',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'POWER_ON_UPS',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'MAINS_FAIL',
    moments: ['AUTHORIZING', 'INSERTING', 'POSITIONING', 'LINE_3'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'MAINS_FAIL_LOW',
    moments: ['HOME'],
    outcome: {
      sees: 'closed: POWER_ON_UPS',
      store: '—',
      ink: 'none',
      then: 'opens: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'MAINS_FAIL_LOW',
    moments: ['CONFIRM'],
    outcome: {
      sees: 'POWER_ON_UPS',
      store: '—',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'MAINS_FAIL_LOW',
    moments: ['AUTHORIZING', 'INSERTING'],
    outcome: {
      sees: 'POWER_ON_UPS',
      store: 'AUTHORIZED',
      ink: 'none',
      then: 'next visit: goes on',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
  {
    event: 'MAINS_FAIL_LOW',
    moments: ['POSITIONING', 'LINE_3'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'KIOSK_POWER',
    moments: ['CARD_MIDDLE', 'CONFIRM', 'AUTHORIZING', 'INSERTING', 'POSITIONING'],
    outcome: { sees: 'goes on', store: '—', ink: 'whole', then: '—', centre: 'CONFIRMED', rows: 1, slip: true },
  },
  {
    event: 'KIOSK_POWER',
    moments: ['LINE_1', 'LINE_2', 'LINE_3', 'LINE_4', 'LINE_5'],
    outcome: {
      sees: 'closed: UNKNOWN_PAGE_INSIDE',
      store: 'PRINT_UNKNOWN',
      ink: 'part',
      then: 'opens: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'KIOSK_POWER',
    moments: ['LINE_6'],
    outcome: {
      sees: 'closed: UNKNOWN_PAGE_INSIDE',
      store: 'PRINT_UNKNOWN',
      ink: 'whole',
      then: 'opens: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'KIOSK_POWER',
    moments: ['EJECTED'],
    outcome: {
      sees: 'PRINT_UNKNOWN',
      store: 'PRINT_UNKNOWN+REQUESTED',
      ink: 'whole',
      then: 'next visit: PRINT_UNKNOWN',
      centre: 'PRINT_UNKNOWN',
      rows: 1,
      slip: false,
    },
  },
  {
    event: 'KIOSK_POWER',
    moments: ['REPORTING', 'RECEIPT_MIDDLE', 'TAKE', 'ENDING'],
    outcome: {
      sees: 'nothing left to do',
      store: '—',
      ink: 'whole',
      then: '—',
      centre: 'CONFIRMED',
      rows: 1,
      slip: true,
    },
  },
]

type Cells = Partial<Record<EventName, Partial<Record<MomentName, Outcome>>>>

/** The table by event and moment. */
export const CELLS: Cells = TABLE.reduce<Cells>((cells, { event, moments, outcome }) => {
  const own = Object.fromEntries(moments.map((moment) => [moment, outcome]))
  return { ...cells, [event]: { ...cells[event], ...own } }
}, {})

/** The lines of the events that `isWanted`, in the order of the moments. */
export function cellsOf(
  isWanted: (event: EventName) => boolean,
): readonly (readonly [event: EventName, cells: readonly (readonly [MomentName, Outcome])[]])[] {
  return (Object.keys(CELLS) as EventName[]).filter(isWanted).map((event) => [
    event,
    (Object.keys(MOMENTS) as MomentName[]).flatMap((moment) => {
      const outcome = CELLS[event]?.[moment]
      return outcome === undefined ? [] : [[moment, outcome] as const]
    }),
  ])
}

const CARD_DONE: readonly MomentName[] = [
  ...(['IDENTIFYING', 'CERTIFICATE_CODE', 'PROVING', 'VEHICLES', 'CHECKING', 'CONFIRM', 'AUTHORIZING'] as const),
  ...(['INSERTING', 'POSITIONING', 'LINE_1', 'LINE_3', 'LINE_6', 'EJECTED', 'REPORTING'] as const),
  ...(['RECEIPT_START', 'RECEIPT_MIDDLE', 'RECEIPT_CUT', 'TAKE', 'RATING'] as const),
]
const EVERY: readonly MomentName[] = ['HOME', 'CONSENT', 'CARD_WAITING', 'CARD_MIDDLE', ...CARD_DONE]
const BEFORE_PAPER: readonly MomentName[] = [
  ...(['CONSENT', 'CARD_WAITING', 'CARD_MIDDLE', 'IDENTIFYING', 'CERTIFICATE_CODE', 'PROVING'] as const),
  ...(['VEHICLES', 'CHECKING'] as const),
]

interface Sweep {
  readonly event: EventName
  readonly moments: readonly MomentName[]
  /** Where the device is back for good; null where it need not come back. */
  readonly backAt: MomentName | null
  readonly why: string
}

/** Moments at which a device is not used: one visit in which it is away at each of them goes on as if nothing were. */
export const SWEEPS: readonly Sweep[] = [
  ...(['READER_UNPLUGGED', 'READER_OFF'] as const).map((event): Sweep => ({
    event,
    moments: CARD_DONE,
    backAt: null,
    why: 'the card has been read',
  })),
  ...(['SCANNER_UNPLUGGED', 'SCANNER_OFF'] as const).map((event): Sweep => ({
    event,
    moments: EVERY,
    backAt: null,
    why: 'every code can be typed',
  })),
  ...(['CERTIFICATE_UNPLUGGED', 'CERTIFICATE_OFF'] as const).map((event): Sweep => ({
    event,
    moments: BEFORE_PAPER,
    backAt: 'CONFIRM',
    why: 'back before anything is printed',
  })),
  ...(['RECEIPT_UNPLUGGED', 'RECEIPT_OFF'] as const).map((event): Sweep => ({
    event,
    moments: BEFORE_PAPER,
    backAt: 'CONFIRM',
    why: 'back before anything is printed',
  })),
  { event: 'CAMERA_LOST', moments: EVERY, backAt: null, why: 'she verifies by message code' },
  { event: 'UPS_UNPLUGGED', moments: EVERY, backAt: null, why: 'what cannot say that the mains failed stops nobody' },
  { event: 'BOARD_UNPLUGGED', moments: EVERY, backAt: null, why: 'lamps help, nothing waits for them' },
]
