import { err, ok, type Result } from '../../lib/result.ts'
import type { HidInterface } from './hid-bus.ts'
import type { TransportError } from './transport.ts'

interface Wanted {
  /** For people: `hid:0483:572B…`. */
  readonly name: string
  readonly serialNumber?: string | undefined
  readonly usagePage?: number | undefined
}

type Openable = HidInterface & { readonly path: string }

/**
 * The one interface that is meant among those with the right USB ids. Of several on one device the lowest; two devices
 * that nothing tells apart are refused, because which of them answers would be chance.
 */
export function chooseInterface(found: readonly HidInterface[], wanted: Wanted): Result<string, TransportError> {
  const all = found.filter((each): each is Openable => each.path !== undefined && each.path !== '')
  if (all.length === 0) return notFound(`${wanted.name} is not plugged in`)
  const serials = [...new Set(all.map((each) => each.serialNumber ?? ''))]
  const ours = all.filter((each) => wanted.serialNumber === undefined || each.serialNumber === wanted.serialNumber)
  if (ours.length === 0) return notFound(`${wanted.name} is not plugged in, only serial ${inWords(serials)}`)
  const fitting = ours.filter((each) => wanted.usagePage === undefined || each.usagePage === wanted.usagePage)
  const [best] = [...fitting].sort((a, b) => a.interface - b.interface)
  if (!best) {
    const pages = [...new Set(ours.map((each) => hex4(each.usagePage ?? 0)))]
    return notFound(
      `${wanted.name} is plugged in, but shows usage page ${inWords(pages)} instead of ${hex4(wanted.usagePage ?? 0)}: ` +
        'is it in keyboard mode? A scanner is switched to HID-POS by a code in its manual',
    )
  }
  const twin = fitting.find((each) => each.path !== best.path && sameFace(each, best))
  if (twin) {
    const detail = `${wanted.name} is plugged in more than once: name one by its serial, ${inWords(serials)}`
    return err({ code: 'REFUSED', detail })
  }
  return ok(best.path)
}

/** Two interfaces of one device differ in this; the same interface of two devices does not. */
function sameFace(a: HidInterface, b: HidInterface): boolean {
  return a.interface === b.interface && a.usagePage === b.usagePage && a.usage === b.usage
}

const notFound = (detail: string): Result<never, TransportError> => err({ code: 'NOT_FOUND', detail })

const inWords = (values: readonly string[]): string => values.map((value) => value || '(none)').join(', ')

/** Four upper-case hexadecimal digits, as USB ids and usage pages are written. */
export function hex4(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0')
}
