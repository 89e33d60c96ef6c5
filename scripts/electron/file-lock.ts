import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `work` while holding a lock file, so that two commands started together fetch once. A lock left by a process
 * that is gone is taken over.
 * @throws when the lock is still held after `limitMs`.
 */
export async function withFileLock<T>(path: string, limitMs: number, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const deadline = performance.now() + limitMs
  while (!(await acquire(path))) {
    if (performance.now() > deadline) throw new Error(`${path} is held by another process; remove it if that is wrong`)
    await sleep(200)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch {
    if (await isStale(path)) await rm(path, { force: true })
    return false
  }
}

async function isStale(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''))
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
