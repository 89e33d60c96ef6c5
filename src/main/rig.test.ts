import { describe, expect, test } from 'vitest'
import type { FromRig } from '../ipc/rig.ts'
import { attachRig } from './rig.ts'

function paperRig() {
  const heard: unknown[] = []
  const told: string[] = []
  let say: (message: unknown) => void = () => undefined
  let end: (detail: string) => void = () => undefined
  const rig = attachRig(
    {
      pid: 1,
      post: (message) => heard.push(message),
      onMessage: (listener) => {
        say = listener
      },
      onExit: (listener) => {
        end = listener
      },
      kill: () => undefined,
    },
    {
      onReady: (sitePath) => told.push(`ready ${sitePath}`),
      onDockState: (state) => told.push(`centre ${state.centre}`),
      onFailed: (detail) => told.push(`failed ${detail}`),
    },
  )
  return {
    rig,
    heard,
    told,
    says: (message: FromRig | Record<string, unknown>) => {
      say(message)
    },
    ends: (detail: string) => {
      end(detail)
    },
  }
}

describe('the rig', () => {
  test('names the site file the kiosk is started with', () => {
    const { says, told } = paperRig()
    says({ type: 'ready', sitePath: '/tmp/rig/site.json' })
    expect(told).toEqual(['ready /tmp/rig/site.json'])
  })

  test('hears what the hand at the dock does', () => {
    const { rig, heard } = paperRig()
    rig.command({ type: 'PLACE_CARD', person: 2 })
    expect(heard).toEqual([{ type: 'dock', command: { type: 'PLACE_CARD', person: 2 } }])
  })

  test.each([
    [{ type: 'failed', detail: 'no pty' }, 'failed no pty'],
    [{ type: 'ready' }, 'failed the rig sent a message outside the contract'],
  ])('%j is a failure that is shown', (message, failure) => {
    const { says, told } = paperRig()
    says(message)
    expect(told).toEqual([failure])
  })

  test('that ends is a failure, unless it was asked to', () => {
    const lost = paperRig()
    lost.ends('exit code 1')
    expect(lost.told).toEqual(['failed the rig ended: exit code 1'])
    const stopped = paperRig()
    stopped.rig.stop()
    stopped.ends('exit code 0')
    expect([stopped.told, stopped.heard]).toEqual([[], [{ type: 'shutdown' }]])
  })
})
