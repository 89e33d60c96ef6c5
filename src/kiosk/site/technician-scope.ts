/**
 * What a technician may change in a signed site file: what hangs on the machine and what one sees only on the spot. Never
 * where the centre is, who may open the console, which province's rules hold, or when business stops.
 */
const TECHNICIANS = ['devices', 'session', 'time', 'site.address', 'site.helpPhone'] as const

/** @param path of the site file, its steps joined by dots: `devices.scanner.transport.path` */
export function mayTechnicianChange(path: string): boolean {
  return TECHNICIANS.some((own) => path === own || path.startsWith(`${own}.`))
}

/**
 * Paths of every value that one JSON document has and the other has not, or has differently; sorted. A list counts as one
 * value, and an object that is there and empty differs from one that is not there.
 */
export function changedPaths(before: unknown, after: unknown, path = ''): readonly string[] {
  if (!isObject(before) || !isObject(after)) return isSame(before, after) ? [] : [path]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .flatMap((key) => changedPaths(own(before, key), own(after, key), path === '' ? key : `${path}.${key}`))
}

function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => changedPaths(item, other[index]).length === 0)
  return Object.is(one, other)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined
}
