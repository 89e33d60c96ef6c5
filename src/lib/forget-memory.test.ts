import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { namesOf } from '../../tests/privacy/scan.ts'
import { canReadMemory, needlesOf, scanProcess, tell } from '../../tests/privacy/scanner.ts'
import { KINDS, plantedText } from '../../tests/privacy/planted.ts'
import { OVERWRITE_FREED } from './forget-memory.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', 'tests', 'privacy', 'forgetful.ts')

describe.skipIf(!canReadMemory())('a process that forgets', () => {
  const path = join(tmpdir(), `forgetful-${process.pid}`)
  let server: http.Server
  let child: ChildProcess

  beforeEach(async () => {
    server = http.createServer((_request, response) => response.end(`{"name":"${plantedText('answer of HTTP')}"}`))
    await once(server.listen(path), 'listening')
    child = fork(PROGRAM, [path], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { ...process.env, NODE_OPTIONS: '', ...OVERWRITE_FREED },
    })
  })
  afterEach(async () => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    server.close()
    rmSync(path, { force: true })
  })

  const found = (): string[] => {
    const needles = needlesOf(Object.fromEntries(KINDS.map((kind) => [kind, plantedText(kind)])))
    return tell(scanProcess(child.pid ?? 0, needles))
  }

  it('holds a text in no kind of memory any more', async () => {
    expect(await once(child, 'message')).toContain('held')
    expect(namesOf(found()).toSorted()).toEqual(KINDS.toSorted())
    child.send('forget')
    expect(await once(child, 'message')).toContain('forgotten')
    expect(found()).toEqual([])
  })
})
