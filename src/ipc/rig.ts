import { z } from 'zod'

/**
 * What the network between kiosk and centre does: nothing special; every answer comes late; nothing arrives; the centre
 * acts and its answer is lost; every request arrives twice.
 */
const Weather = z.enum(['UP', 'SLOW', 'DOWN', 'DEAF', 'TWICE'])
export type Weather = z.infer<typeof Weather>

/** Every device of the rig, by the role it has in the site file. */
export const RIG_DEVICES = [
  'id-card',
  'scanner',
  'certificate-printer',
  'receipt-printer',
  'document-printer',
  'ups',
  'io-board',
] as const
const RigDevice = z.enum(RIG_DEVICES)
export type RigDevice = z.infer<typeof RigDevice>

/** In its socket; in its socket but without power, so that it takes bytes and says nothing; the cable pulled. */
const PlugState = z.enum(['PLUGGED', 'OFF', 'UNPLUGGED'])
export type PlugState = z.infer<typeof PlugState>

/** Contacts of the cabinet, as the demo's board is wired. */
const Contact = z.enum(['cabinet-door', 'tamper', 'paper-in-tray'])
const ReceiptTrouble = z.enum(['COVER_OPEN', 'JAM', 'CUTTER'])
const CertificateTrouble = z.enum(['COVER_OPEN', 'JAM'])
/** Words of RFC 8011 section 5.4.12. */
const PageTrouble = z.enum(['media-empty', 'media-jam', 'output-area-full', 'cover-open'])
const UpsState = z.enum(['MAINS', 'BATTERY', 'LOW'])
const on = z.boolean()

/**
 * The rig is the bench the kiosk stands on in `npm start`, the demo and the e2e tests: simulated devices behind real
 * ptys (TCP where there are none) and an embedded centre. It is not in a production build. The dock operates it by hand.
 */
export const DockCommand = z.discriminatedUnion('type', [
  /** Puts card `person` (index into `people` of the state) on the reader. */
  z.object({ type: z.literal('PLACE_CARD'), person: z.int().min(0) }),
  z.object({ type: z.literal('LIFT_CARD') }),
  z.object({ type: z.literal('SCAN'), text: z.string().max(4096) }),
  /** `WRONG`: a page that is not the record page of a 道路运输证. */
  z.object({ type: z.literal('INSERT_CERTIFICATE'), page: z.enum(['RECORD', 'WRONG']).optional() }),
  z.object({ type: z.literal('TAKE_CERTIFICATE') }),
  z.object({ type: z.literal('CERTIFICATE_TROUBLE'), trouble: CertificateTrouble, on }),
  z.object({ type: z.literal('RECEIPT_PAPER'), state: z.enum(['OK', 'LOW', 'OUT']) }),
  z.object({ type: z.literal('RECEIPT_TROUBLE'), trouble: ReceiptTrouble, on }),
  z.object({ type: z.literal('PAGE_TROUBLE'), trouble: PageTrouble, on }),
  z.object({ type: z.literal('TONER'), percent: z.int().min(0).max(100) }),
  z.object({ type: z.literal('UPS'), state: UpsState }),
  z.object({ type: z.literal('CONTACT'), contact: Contact, on }),
  z.object({ type: z.literal('CENTRE'), state: Weather }),
  z.object({ type: z.literal('PLUG'), device: RigDevice, state: PlugState }),
  /** Replaces the fault script of a device: the text of one, or the name of a file in the folder `faults`. */
  z.object({ type: z.literal('FAULTS'), device: RigDevice, script: z.string().max(65_536) }),
  z.object({ type: z.literal('FAULT_FILE'), device: RigDevice, file: z.string().max(200) }),
])
export type DockCommand = z.infer<typeof DockCommand>

/** What the dock shows. */
export const DockState = z.object({
  people: z.array(z.object({ label: z.string() })),
  cardOnReader: z.int().nullable(),
  /** Texts worth showing to the scanner. */
  codes: z.array(z.object({ label: z.string(), text: z.string() })),
  certificateInPrinter: z.boolean(),
  certificateTroubles: z.array(CertificateTrouble),
  receiptPaper: z.enum(['OK', 'LOW', 'OUT']),
  receiptTroubles: z.array(ReceiptTrouble),
  pageTroubles: z.array(PageTrouble),
  toner: z.int(),
  ups: UpsState,
  contacts: z.array(Contact),
  centre: Weather,
  plugs: z.record(RigDevice, PlugState),
  /** Files in the folder `faults`, and what became of the script loaded last. */
  faultFiles: z.array(z.string()),
  faults: z.object({ device: RigDevice, refusal: z.string().nullable() }).nullable(),
  /** Last message the centre sent to a phone, so that the hand at the dock can type it. */
  lastSms: z.string().nullable(),
})
export type DockState = z.infer<typeof DockState>

/** Shell → rig. */
export const ToRig = z.discriminatedUnion('type', [
  z.object({ type: z.literal('dock'), command: DockCommand }),
  z.object({ type: z.literal('shutdown') }),
])
export type ToRig = z.infer<typeof ToRig>

/** Rig → shell. `ready` names the site file the kiosk is to be started with. */
export const FromRig = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), sitePath: z.string() }),
  z.object({ type: z.literal('dock-state'), state: DockState }),
  z.object({ type: z.literal('failed'), detail: z.string() }),
])
export type FromRig = z.infer<typeof FromRig>

/** What the dock's preload puts on `window.dock`. */
export interface DockBridge {
  onState(listener: (state: DockState) => void): () => void
  send(command: DockCommand): void
}
