import http from 'node:http'
import { forgetMemory, keepNoCopies, rinseHttp } from '../../src/lib/forget-memory.ts'
import { KINDS, plantedText, type Kind } from './planted.ts'

/**
 * A process that holds a text in each kind of memory there is, says so, lets go of all of them when it is told to, forgets
 * and says so again. `argv[2]` is the path of a socket where HTTP answers with one of them.
 */
keepNoCopies()
const socketPath = process.argv[2]

const keep: Record<Kind, () => unknown> = {
  'young text': () => plantedText('young text'),
  'moved text': () => plantedText('moved text'),
  'old text': () => plantedText('old text'),
  'text between others': () => {
    for (let index = 0; index < 20_000; index++)
      others.push({ text: index % 10 === 0 ? plantedText('text between others') : `number ${index}` })
  },
  'name of a property': () => JSON.parse(`{"${plantedText('name of a property')}":1}`) as unknown,
  'matched text': () => /^(.*)!$/.exec(`${plantedText('matched text')}!`),
  // Of many sizes, since free blocks are kept by size; late in the block, since its beginning is written over in any case.
  'small bytes': () => sizes.map((size) => Buffer.from(plantedText('small bytes').padStart(size))),
  'many bytes': () => Buffer.from(plantedText('many bytes').repeat(10_000)),
  'answer of HTTP': () => answer(),
}

const sizes = Array.from({ length: 40 }, (_, index) => 50 + 20 * index)
/** Nine of ten stay when everything else goes, and the pages they lie on with them. */
const others: ({ text: string } | undefined)[] = []
let held: unknown[] = []
const hold = async (kind: Kind): Promise<void> => void held.push(await keep[kind]())

for (const kind of KINDS) if (kind !== 'young text' && kind !== 'moved text') await hold(kind)
makeGarbage(200)
await hold('moved text')
makeGarbage(3)
await hold('young text')
process.send?.('held')
// Listened for to the end: a process that listens no more ends.
process.on('message', () => {
  held = []
  for (let index = 0; index < others.length; index += 10) others[index] = undefined
  void rinseHttp().then(() => {
    // Dead as soon as it was born, and in a place where nothing was collected since.
    keep['young text']()
    forgetMemory()
    process.send?.('forgotten')
  })
})

/** After much of it, whatever is held has moved to the old generation; after little, to the other half of the young one. */
function makeGarbage(megabytes: number): void {
  for (let round = 0; round < megabytes; round++) Array.from({ length: 20_000 }, (_, index) => ({ index }))
}

function answer(): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve(Buffer.concat(parts).toString()))
    })
    request.on('error', reject)
  })
}
