import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readProvinceFile } from '../../../src/central/server/province-file.ts'
import { addVehicle } from '../../../src/central/server/seed/vehicle-seed.ts'
import { DEMO_PEOPLE } from '../../../src/central/server/seed/people.ts'
import { SimulatedSheet } from '../../../src/drivers/certificate-printer/simulated-sheet.ts'
import { assetPath } from '../../../src/lib/assets.ts'
import { systemClock, type Clock } from '../../../src/lib/clock.ts'
import { Rig } from '../../../src/rig/rig.ts'

/** One vehicle's certificate: what is inked on its page stays there whatever happens to machines. */
export class Booklet {
  readonly plateNo: string
  readonly certificateNo: string
  readonly reviewId: string
  readonly sheet: SimulatedSheet

  constructor(plateNo: string, certificateNo: string, reviewId: string, sheet: SimulatedSheet) {
    this.plateNo = plateNo
    this.certificateNo = certificateNo
    this.reviewId = reviewId
    this.sheet = sheet
  }

  /** A hand puts it into the slot; what the printer has given back is taken out first. */
  insertInto(rig: Rig): void {
    if (rig.certificatePrinter.documentPlace === 'ejected') rig.certificatePrinter.remove()
    if (rig.certificatePrinter.documentPlace === 'none') rig.certificatePrinter.insert(this.sheet)
  }
}

/** The size of the disk that fills up, bytes. */
const DISK_BYTES = 160 * 1024 * 1024

/** The hall: a station with its centre, the booklets of its owner, and a disk that can be filled. */
export class World {
  readonly rig: Rig
  readonly sitePath: string
  readonly dataDir: string
  readonly booklets: Booklet[] = []
  private sold = 0
  /** Ink beside a page that no hand is to blame for, who pulled the page away. */
  strayInk = 0
  /** Where a kiosk keeps what Node compiled, beside its disk. */
  readonly cache: string
  private readonly folder: string
  private readonly disk: string
  private readonly mounted: boolean

  private constructor(rig: Rig, folder: string, disk: string, mounted: boolean, sitePath: string) {
    this.rig = rig
    this.folder = folder
    this.disk = disk
    this.mounted = mounted
    this.sitePath = sitePath
    this.cache = join(folder, 'compiled')
    this.dataDir = join(disk, 'data')
    mkdirSync(this.dataDir)
  }

  static async open(clock: Clock = systemClock): Promise<World> {
    const rig = await Rig.start({ clock })
    const folder = mkdtempSync(join(tmpdir(), 'kiosk-torture-'))
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const mounted = mountSmallDisk(disk)
    const site = JSON.parse(readFileSync(rig.sitePath, 'utf8')) as Record<string, unknown>
    const sitePath = join(folder, 'site.json')
    // A small disk is low from the start: the policy's floor is not what is tried here.
    const policy = { minFreeDiskMb: 50, maxOutboxRows: 10_000 }
    writeFileSync(sitePath, JSON.stringify({ ...site, face: { enabled: false }, policy }))
    return new World(rig, folder, disk, mounted, sitePath)
  }

  /** Whether the disk can be filled here (a tmpfs needs root). */
  get diskIsSmall(): boolean {
    return this.mounted
  }

  /** A truck nobody has endorsed yet; the last one is sold, so that the owner's list stays short. */
  nextBooklet(): Booklet {
    const { central } = this.rig
    const last = this.booklets.at(-1)
    if (last !== undefined) {
      central.database.prepare(`UPDATE vehicle SET operator_id = 'OP-COMPANY' WHERE plate_no = ?`).run(last.plateNo)
    }
    const plateNo = `粤BX${String(1_000 + this.sold)}`
    this.sold += 1
    const province = readProvinceFile(assetPath('provinces', 'guangdong.json'))
    const { certificateNo, reviewId } = addVehicle(central.database, province, central.today(), {
      plate: plateNo,
      operatorId: 'OP-OWNER',
      operatorName: DEMO_PEOPLE.owner.name,
      areaCode: '440300',
      review: { status: 'APPROVED' },
    })
    if (certificateNo === null || reviewId === null) throw new Error('a truck without a certificate')
    const { widthMm, heightMm } = this.rig.template.page
    const booklet = new Booklet(plateNo, certificateNo, reviewId, new SimulatedSheet(widthMm, heightMm))
    this.booklets.push(booklet)
    return booklet
  }

  /** Leaves not a byte free. */
  fillDisk(): void {
    if (!this.mounted) return
    const file = openSync(join(this.disk, 'filler'), 'w')
    // The last bytes go in smaller and smaller pieces.
    for (let size = 4 << 20; size >= 1; size >>= 1) while (writeSome(file, size));
    closeSync(file)
  }

  emptyDisk(): void {
    rmSync(join(this.disk, 'filler'), { force: true })
  }

  async close(): Promise<void> {
    await this.rig.close()
    if (this.mounted) execFileSync('umount', ['-l', this.disk])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function mountSmallDisk(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** False when it did not fit. */
function writeSome(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes)) === bytes
  } catch {
    return false
  }
}
