import { z } from 'zod'
import type { KioskId } from '../../central/contract/fields.ts'
import { SIGNATURE_ALGORITHMS } from '../../central/contract/key.ts'
import { NUT_NAME } from '../../drivers/ups/codec/nut.ts'
import { IoWiring } from '../../drivers/io-board/wiring.ts'
import { SCANNER_DRIVERS } from '../../drivers/scanner/protocol/protocol.ts'
import { HID_FRAMINGS } from '../../drivers/transport/hid-framing.ts'
import { hidLayout } from '../../drivers/transport/hid-layout.ts'
import { USB_BULK_FORMS } from '../../drivers/transport/usb-bulk-form.ts'
import { BADGE_HASH, BASE32, PIN_HASH } from '../technician/secrets.ts'

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

const usbId = (description: string) =>
  matching(/^[0-9A-Fa-f]{4}$/, 'four hexadecimal digits, such as 0C2E', description)

const usbIdentity = z
  .strictObject({
    vendorId: usbId('USB vendor id, hexadecimal.'),
    productId: usbId('USB product id, hexadecimal.'),
    serialNumber: text(126, 'Serial number of the adapter; needed where two of one model are plugged in.').optional(),
    interface: z
      .int()
      .min(0)
      .max(255)
      .optional()
      .describe('Number of the USB interface; needed where one adapter has several ports.'),
  })
  .describe('The USB device the port belongs to, in whatever socket it is. Instead of path.')

const serialTransport = z.strictObject({
  kind: z.literal('serial'),
  path: text(255, 'Device path, for a port that is not on USB: /dev/ttyS0, COM1. Instead of usb.').optional(),
  usb: usbIdentity.optional(),
  baud: z.int().min(50).max(4_000_000).optional().describe('Bits per second; the default of the device when absent.'),
  parity: z.enum(['none', 'even', 'odd']).optional(),
  flow: z.enum(['none', 'rtscts', 'xonxoff']).optional(),
})

const tcpTransport = z.strictObject({
  kind: z.literal('tcp'),
  host: matching(/^[A-Za-z0-9.:_-]{1,253}$/, 'a host name or an IP address', 'Host name or IP address.'),
  port: z.int().min(1).max(65_535),
})

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
  layout: hidLayout.optional().describe('The reports as the manual of the maker describes them. Instead of framing.'),
})

const bulkTransport = z.strictObject({
  kind: z.literal('bulk'),
  vendorId: usbId('USB vendor id, hexadecimal.'),
  productId: usbId('USB product id, hexadecimal.'),
  serialNumber: text(126, 'Serial number of the device; needed only where two of one model are plugged in.').optional(),
  form: z.enum(USB_BULK_FORMS).default('single').describe('How the frames are spread over the endpoints.'),
})

const lpTransport = z.strictObject({
  kind: z.literal('lp'),
  path: matching(/^\/.{1,254}$/, 'an absolute path', 'USB printer as a character device: /dev/usb/lp0.'),
})

const printServer = matching(
  /^(?:\/.{1,107}|[A-Za-z0-9.:[\]_-]{1,253})$/,
  'HOST, HOST:PORT or the path of a socket',
  'Print server; the CUPS of this computer when absent.',
)
const queueName = matching(/^[A-Za-z0-9_.-]{1,127}$/, 'the name of a queue', 'Name of the queue.')

const cupsTransport = z.strictObject({
  kind: z.literal('cups'),
  queue: queueName,
  server: printServer.optional(),
})

const lines = [serialTransport, tcpTransport] as const

const lineTransport = z.discriminatedUnion('kind', lines).describe('How the device is reached.')
const printerTransport = z
  .discriminatedUnion('kind', [...lines, lpTransport, cupsTransport])
  .describe('How the device is reached.')
const anyTransport = z
  .discriminatedUnion('kind', [...lines, hidTransport, bulkTransport])
  .describe('How the device is reached.')

const keyboardTransport = z.strictObject({
  kind: z.literal('keyboard'),
  prefix: z.string().max(8).default('').describe('Characters the scanner is set to type before every code.'),
})
const scannerTransport = z
  .discriminatedUnion('kind', [...lines, hidTransport, keyboardTransport])
  .describe('How the device is reached.')

const optional = z
  .boolean()
  .default(false)
  .describe('True: services that can do without the device stay open while it is away.')

const maxBytesPerSecond = z
  .int()
  .min(256)
  .max(10_000_000)
  .optional()
  .describe(
    'A device that sends more than this within a second is cut off for a while; the shipped ceiling when absent.',
  )

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
  maxBytesPerSecond,
})

const behindPcscd = (description: string) => ({
  driver: z.literal('pcsc').describe(description),
  socket: path('Socket of pcscd.').default('/run/pcscd/pcscd.comm'),
  reader: text(128, 'Part of the name of the reader, where there are several.').optional(),
})

const fonts = z
  .array(path('Font file for rare characters, tried after the shipped one.'))
  .max(8)
  .default([])
  .describe('Fonts a site adds.')

const millimetres = z.number().min(-10).max(10).default(0)

const everySeconds = z.int().min(1).max(60).default(10).describe('Time between two kicks. Seconds.')

const devices = z.strictObject({
  'id-card': z
    .discriminatedUnion('driver', [
      z.strictObject(device(['sam-v', 'bank-module'], anyTransport)),
      z.strictObject({ ...behindPcscd('A reader behind pcscd that decodes the card itself; unverified.'), optional }),
    ])
    .optional()
    .describe('居民身份证 reader.'),
  scanner: z
    .strictObject({
      ...device(SCANNER_DRIVERS, scannerTransport),
      unverified: z
        .boolean()
        .default(false)
        .describe('True: also use commands that no public manual confirms for this maker.'),
    })
    .optional()
    .describe('Bar and QR code scanner.'),
  'receipt-printer': z
    .strictObject({ ...device(['esc-pos'], printerTransport), model: model.optional(), fonts })
    .optional()
    .describe('Prints slips.'),
  'certificate-printer': z
    .strictObject({
      ...device(['escp2', 'pr2'], lineTransport),
      model: model.optional(),
      fonts,
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
  'document-printer': z
    .strictObject({
      driver: z.enum(['cups']).describe('Which driver speaks to it.'),
      server: printServer.optional(),
      queue: queueName,
      tray: text(60, 'IPP media-source of the tray with blank A4; the choice of the queue when absent.').optional(),
      optional,
    })
    .optional()
    .describe('Prints A4 documents.'),
  ups: z
    .strictObject({
      ...device(['megatec', 'nut'], lineTransport),
      upsName: matching(NUT_NAME, 'the name of a UPS', 'Name of the UPS at upsd, for driver nut.').optional(),
      nominalMinutes: z
        .number()
        .min(1)
        .max(1_440)
        .optional()
        .describe('How long the kiosk runs on a full battery, as measured on site. Minutes.'),
      reserveSeconds: z
        .int()
        .min(30)
        .max(3_600)
        .optional()
        .describe('With less than this left in the battery no row is begun; 180 when absent. Seconds.'),
    })
    .optional()
    .describe('Uninterruptible power supply.'),
  'io-board': z
    .strictObject({
      ...device(['modbus-rtu'], lineTransport),
      model: matching(
        /^[a-z0-9][a-z0-9-]{0,63}$/,
        'the name of a register map in lower case, for instance waveshare-relay',
        'Register map under assets/io-boards.',
      ),
      address: z.int().min(1).max(255).optional().describe('Where the board does not listen to its factory address.'),
      wiring: IoWiring.prefault({}).describe('What hangs on which channel.'),
    })
    .optional()
    .describe('Lamps, lock and contacts of the cabinet.'),
  watchdog: z
    .discriminatedUnion('driver', [
      z.strictObject({
        driver: z.literal('linux').describe('The kernel device.'),
        path: path('Device of the kernel.').default('/dev/watchdog'),
        everySeconds,
        optional,
      }),
      z.strictObject({
        driver: z.literal('ch340').describe('A stick that resets the computer.'),
        transport: lineTransport,
        timeoutSeconds: z
          .int()
          .min(120)
          .max(1_270)
          .default(170)
          .describe(
            'Silence after which it resets; it keeps this over a reset, so never less than a start takes. Seconds.',
          ),
        everySeconds,
        optional,
      }),
    ])
    .optional()
    .describe('Starts the computer anew when the kiosk is not well.'),
  'ic-card': z
    .discriminatedUnion('driver', [
      z.strictObject({ ...behindPcscd('Any reader behind pcscd.'), optional }),
      z.strictObject({
        driver: z.literal('jt808-module').describe('Card module of a vehicle terminal, JT/T 794.'),
        transport: lineTransport,
        optional,
      }),
    ])
    .optional()
    .describe('IC card reader.'),
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

const maintenance = z.strictObject({
  restartAt: matching(
    /^([01]\d|2[0-3]):[0-5]\d$/,
    'a time of day, HH:MM',
    'When the night work is done and the kiosk starts anew, China time.',
  ).default('03:30'),
})

const days = (min: number, max: number, standard: number, description: string) =>
  z.int().min(min).max(max).default(standard).describe(`${description} Days.`)

const retention = z.strictObject({
  endorsementDays: days(30, 3650, 1095, 'Endorsements and print jobs, after their end.'),
  visitDays: days(1, 3650, 365, 'Visits and ratings: nothing in them says who.'),
  sentMessageDays: days(1, 365, 30, 'Messages the centre has acknowledged.'),
  logDays: days(1, 3650, 180, 'Log files; 网络安全法 art. 21 asks for six months.'),
})

const staffId = matching(/^[A-Za-z0-9-]{1,20}$/, '1 to 20 letters, digits or hyphens', 'Number of the member of staff.')
const base32 = (description: string) =>
  matching(BASE32, '16 or more characters of base32 (A to Z, 2 to 7)', description)

const technician = z.strictObject({
  staff: z
    .array(
      z.strictObject({
        id: staffId,
        name: text(40, 'Shown on the console, never to citizens.'),
        pin: matching(PIN_HASH, 'a hash made with npm run staff -- add', 'Hash of the PIN; never the PIN.'),
        badge: matching(BADGE_HASH, 'sha256: and 64 hex digits', 'Hash of what the badge holds.').optional(),
        totp: base32('Secret of the one-time password, where a second factor is wanted.').optional(),
      }),
    )
    .max(100)
    .default([])
    .describe('Who may open the console, S90 to S99.'),
  fieldCodes: z
    .strictObject({ secret: base32('Shared with the centre, which answers challenges with it.') })
    .optional()
    .describe('One-time codes for staff from outside, also without network.'),
  logRecipient: matching(
    /^age1[a-z0-9]{58}$/,
    'an age recipient, age1 and 58 characters',
    'Who can open log bundles.',
  ).optional(),
})

const time = z.strictObject({
  ntpServer: matching(
    /^[A-Za-z0-9.:_-]{1,253}$/,
    'a host name or an IP address',
    'Asked for the time on S98.',
  ).optional(),
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
      signature: z
        .enum(SIGNATURE_ALGORITHMS)
        .default('ed25519')
        .describe('How this kiosk signs: sm2-sm3 where the province demands 国密.'),
      caFile: path('Certificate authority of the centre, PEM; the system list when absent.').optional(),
    }),
    devices: devices.prefault({}).describe('By role. A role that is absent has no device.'),
    face: face.prefault({}),
    session: session.prefault({}).describe('Times of a visit; twice as long in large print.'),
    policy: policy.prefault({}).describe('When business stops to keep the promise that nothing is lost.'),
    technician: technician.prefault({}).describe('Access to the console.'),
    time: time.prefault({}).describe('Where the right time comes from.'),
    maintenance: maintenance.prefault({}).describe('The night.'),
    retention: retention.prefault({}).describe('How long the kiosk remembers.'),
  })
  .describe('Site file of one road-transport self-service kiosk')

export type Site = z.output<typeof siteSchema>
/** What a person writes: everything with a default may be left out. */
export type SiteFile = z.input<typeof siteSchema>
