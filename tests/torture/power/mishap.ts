import type { Mishap, Ordeal } from './ordeal.ts'
import type { World } from './world.ts'

/** Lets the mishap happen when its place is on the screen. */
export function befall(world: World, mishap: Mishap | null, place: string): void {
  if (mishap === null) return
  const { rig } = world
  const printer = rig.certificatePrinter
  const printing = place === 'S08.INSERT_CERTIFICATE'
  switch (mishap.kind) {
    case 'WEATHER':
      if (place === mishap.from) rig.gate.state = mishap.weather
      return
    case 'DISK_FULL':
      if (place === mishap.from) world.fillDisk()
      return
    case 'SLIP_PAPER_OUT':
      if (place === 'S08.PRINTING') rig.receiptPrinter.trouble('PAPER_OUT')
      return
    case 'SILENT':
      if (place === 'S08.PRINTING') printer.faults = { answers: [{ kind: 'silence', times: 0 }] }
      return
    case 'JAM':
      if (printing) printer.faults = { jamAtLine: printer.linesPrinted + mishap.line }
      return
    case 'COVER_OPEN':
      if (printing) printer.faults = { coverOpenAtLine: printer.linesPrinted + mishap.line }
      return
    case 'PULLED':
      if (printing) printer.faults = { pulledAtLine: printer.linesPrinted + mishap.line }
      return
    case 'POWER_LOSS':
      if (printing) printer.faults = { powerLossAtByte: printer.received.length + mishap.byte }
      return
    case 'HANG':
      if (printing) printer.faults = { hangAtByte: printer.received.length + mishap.byte }
      return
  }
}

/**
 * The hall after a life of the kiosk: stray ink is counted, the network is back, somebody mends the printers and, mostly,
 * takes the certificate out.
 */
export function clearAway(world: World, { mishap, leftBehind }: Ordeal): void {
  const { rig } = world
  const { certificatePrinter, receiptPrinter } = rig
  // Who pulls a page from under the head has ink beside it.
  if (mishap?.kind !== 'PULLED') world.strayInk += certificatePrinter.platenInk.length
  certificatePrinter.platenInk.length = 0
  rig.gate.state = 'UP'
  rig.gate.onCall = () => undefined
  world.emptyDisk()
  certificatePrinter.faults = {}
  certificatePrinter.mend()
  receiptPrinter.faults = {}
  receiptPrinter.mend()
  // Every byte of hundreds of visits would be kept otherwise.
  certificatePrinter.received.length = 0
  receiptPrinter.received.length = 0
  rig.reader.removeCard()
  if (!leftBehind) certificatePrinter.remove()
}
