import { Serializer } from 'node:v8'

/** How many buffers of which size, bytes, are taken at once: together well over the megabyte that is never given back. */
const FILL: readonly (readonly [bytes: number, count: number])[] = [
  [256 << 10, 6],
  [16 << 10, 64],
  [2 << 10, 256],
  [256, 1_024],
  [128, 2_048],
]

/**
 * Inside Electron, buffers that Node makes of memory it has been handed (messages between processes, digests, unpacked
 * data) come from an allocator of the engine's own, which neither clears what is freed nor hears of glibc's settings: it
 * gives the system back what lies beyond its first megabyte, and keeps that. So the megabyte is used, for nothing. Call it
 * after a collection; plain Node has no such allocator, and nothing is done there.
 */
export function overwriteFreedBuffers(): void {
  if (!('electron' in process.versions)) return
  const held: Buffer[] = []
  for (const [bytes, count] of FILL) {
    const noughts = new Uint8Array(bytes)
    for (let made = 0; made < count; made++) {
      const serializer = new Serializer()
      serializer.writeRawBytes(noughts)
      held.push(serializer.releaseBuffer())
    }
  }
}
