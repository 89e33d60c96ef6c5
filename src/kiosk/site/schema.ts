import { z } from 'zod'
import type { KioskId } from '../../central/contract/fields.ts'
import { HID_FRAMINGS } from '../../drivers/transport/hid-framing.ts'

/**
 * The site file: everything that differs between two kiosks, and nothing else. `docs/site.schema.json` is generated from
 * here (`node scripts/site-schema.ts`), so every field says what it is, and every pattern says in words what it wants.
 */

const text = (max: number, description: string) => z.string().min(1).max(max).describe(description)

const matching = (pattern: RegExp, wants: string, description: string) =>
  z.string().regex(pattern, `must be ${wants}`).describe(description)

const kioskId = matching(
  /^[A-Za-z0-9_-]{6,64}$/,
  '6 to 64 letters, digits, hyphens or underscores',
  '终端编号, as the centre knows it',
) as unknown as z.ZodType<KioskId, string>

const path = (description: string) => text(4096, `${description} A relative path counts from the site file.`)

const serialTransport = z.strictObject({
  kind: z.literal('serial'),
  path: text(255, 'Device path, best one that does not change with the plug: /dev/serial/by-id/…, COM3.'),
  baud: z.int().min(50).max(4_000_000).optional().describe('Bits per second; the default of the device when absent.'),
  parity: z.enum(['none', 'even', 'odd']).optional(),
  flow: z.enum(['none', 'rtscts', 'xonxoff']).optional(),
})

const tcpTransport = z.strictObject({
  kind: z.literal('tcp'),
  host: matching(/^[A-Za-z0-9.:_-]{1,253}$/, 'a host name or an IP address', 'Host name or IP address.'),
  port: z.int().min(1).max(65_535),
})

const usbId = (description: string) =>
  matching(/^[0-9A-Fa-f]{4}$/, 'four hexadecimal digits, such as 0C2E', description)

const hidTransport = z.strictObject({
  kind: z.literal('hid'),
  vendorId: usbId('USB vendor id, hexadecimal.'),
  productId: usbId('USB product id, hexadecimal.'),
  serialNumber: text(126, 'Serial number of the device; needed only where two of one model are plugged in.').optional(),
  usagePage: usbId('Usage page of the interface, hexadecimal; the one the framing wants when absent.').optional(),
  framing: z
    .enum(HID_FRAMINGS)
    .optional()
    .describe('How bytes are carried in reports: length-prefixed-64 for the ID reader, hid-pos for the scanner.'),
})

const lines = [serialTransport, tcpTransport] as const

const lineTransport = z.discriminatedUnion('kind', lines).describe('How the device is reached.')
const lineOrHidTransport = z.discriminatedUnion('kind', [...lines, hidTransport]).describe('How the device is reached.')

const optional = z
  .boolean()
  .default(false)
  .describe('True: services that can do without the device stay open while it is away.')

const model = matching(
  /^[a-z0-9][a-z0-9-]{0,63}$/,
  'the name of a profile in lower case, for instance generic-80mm',
  'Profile of the model under assets/printers.',
)

const device = <const Drivers extends readonly [string, ...string[]], Transport extends z.ZodType>(
  drivers: Drivers,
  transport: Transport,
) => ({
  driver: z.enum(drivers).describe('Which driver speaks to it.'),
  transport,
  optional,
})

const millimetres = z.number().min(-20).max(20).default(0)

const devices = z.strictObject({
  'id-card': z
    .strictObject(device(['sam-v'], lineOrHidTransport))
    .optional()
    .describe('居民身份证 reader.'),
  scanner: z
    .strictObject(device(['serial'], lineOrHidTransport))
    .optional()
    .describe('Bar and QR code scanner.'),
  'receipt-printer': z
    .strictObject({ ...device(['esc-pos'], lineTransport), model: model.optional() })
    .optional()
    .describe('Prints slips.'),
  'certificate-printer': z
    .strictObject({
      ...device(['escp2', 'pr2'], lineTransport),
      model: model.optional(),
      calibration: z
        .strictObject({
          dxMm: millimetres.describe('Moves all print to the right, millimetres.'),
          dyMm: millimetres.describe('Moves all print down, millimetres.'),
        })
        .prefault({})
        .describe('What the ruler page showed.'),
    })
    .optional()
    .describe('Flat-bed printer for the review page of the 道路运输证.'),
  camera: z
    .strictObject({
      driver: z.enum(['user-media']).default('user-media').describe('Which driver speaks to it.'),
      labelContains: text(
        200,
        'Part of the name the system gives the camera; the first camera when absent.',
      ).optional(),
      optional,
    })
    .optional()
    .describe('Camera for the face check.'),
})

const face = z.strictObject({
  enabled: z.boolean().default(true).describe('False: only the other way to verify is offered.'),
  manifest: path('List of the face models with their hashes; the shipped one when absent.').optional(),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Similarity from which two faces are one person; the shipped one when absent.'),
  portraitDecoder: z
    .strictObject({
      command: path('Program that decodes the portrait of an ID card.'),
      args: z.array(z.string().max(4096)).max(32).default([]),
    })
    .optional()
    .describe('The WLT format is proprietary: the decoder comes with the reader and runs as a process of its own.'),
})

const milliseconds = (min: number, max: number, standard: number, description: string) =>
  z.int().min(min).max(max).default(standard).describe(`${description} Milliseconds.`)

const session = z.strictObject({
  idleWarningMs: milliseconds(10_000, 300_000, 45_000, 'Rest before the countdown appears.'),
  countdownMs: milliseconds(5_000, 120_000, 15_000, 'Countdown before the visit ends.'),
  totalLimitMs: milliseconds(60_000, 3_600_000, 600_000, 'Longest visit.'),
})

const policy = z.strictObject({
  maxOfflineMs: milliseconds(0, 604_800_000, 86_400_000, 'Longest time without the centre before business stops.'),
  maxOutboxRows: z.int().min(1).max(100_000).default(500).describe('Unsent messages before business stops.'),
  minFreeDiskMb: z.int().min(50).max(100_000).default(500).describe('Free megabytes below which business stops.'),
  maxClockSkewMs: milliseconds(1_000, 120_000, 120_000, 'Largest difference to the clock of the centre.'),
  reprintLimit: z.int().min(0).max(9).default(2).describe('补打 allowed after a failed print.'),
})

const days = (min: number, max: number, standard: number, description: string) =>
  z.int().min(min).max(max).default(standard).describe(`${description} Days.`)

const retention = z.strictObject({
  endorsementDays: days(30, 3650, 1095, 'Endorsements and print jobs, after their end.'),
  visitDays: days(1, 3650, 365, 'Visits and ratings: nothing in them says who.'),
  sentMessageDays: days(1, 365, 30, 'Messages the centre has acknowledged.'),
  logDays: days(1, 3650, 180, 'Log files; 网络安全法 art. 21 asks for six months.'),
})

/** The whole file. What is not named here is refused, so that no typing error is silently ignored. */
export const siteSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors.'),
    mode: z
      .enum(['production', 'demo'])
      .default('production')
      .describe('demo allows the test area codes 99xxxx and prints 样张 on everything.'),
    site: z.strictObject({
      stationCode: matching(/^[A-Za-z0-9_-]{1,40}$/, '1 to 40 letters, digits, hyphens or underscores', '站点编号.'),
      stationName: text(60, '站点名称, shown in the header.'),
      stationKind: z.enum(['INSPECTION_STATION', 'BUS_TERMINAL']).describe('检测站 or 客运站.'),
      areaCode: matching(/^\d{6}$/, 'a six-digit area code (GB/T 2260)', 'Area of the station, GB/T 2260.'),
      address: text(120, 'For people.').optional(),
      helpPhone: matching(/^[0-9+][0-9 -]{2,19}$/, 'a phone number', 'Whom the citizen calls.'),
    }),
    kiosk: z.strictObject({ kioskId, name: text(60, '终端名称, printed on every endorsement.') }),
    province: matching(
      /^[a-z][a-z0-9-]{1,39}$/,
      'the name of a province profile in lower case, for instance guangdong',
      'Profile under assets/provinces.',
    ),
    centre: z.strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'must be an address such as https://centre.example.cn' })
        .describe('Address of the central platform.'),
      enrolmentCode: matching(
        /^[0-9A-Z-]{8,40}$/,
        '8 to 40 capital letters, digits or hyphens',
        'One-time code for the first start.',
      ).optional(),
      caFile: path('Certificate authority of the centre, PEM; the system list when absent.').optional(),
    }),
    devices: devices.prefault({}).describe('By role. A role that is absent has no device.'),
    face: face.prefault({}),
    session: session.prefault({}).describe('Times of a visit; twice as long in large print.'),
    policy: policy.prefault({}).describe('When business stops to keep the promise that nothing is lost.'),
    retention: retention.prefault({}).describe('How long the kiosk remembers.'),
  })
  .describe('Site file of one road-transport self-service kiosk')

export type Site = z.output<typeof siteSchema>
/** What a person writes: everything with a default may be left out. */
export type SiteFile = z.input<typeof siteSchema>
