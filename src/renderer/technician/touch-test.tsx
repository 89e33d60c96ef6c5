import type { ReactElement } from 'react'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Press } from '../parts/press.tsx'
import { SignaturePad } from '../parts/signature-pad.tsx'
import { useSay } from '../text/say.ts'

/** Whether the touch screen follows a finger: a line long enough passes; who cannot draw one says so. */
export function TouchTest(): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <section className="touch-test">
      <p>{say('console.touch.todo')}</p>
      <SignaturePad
        label={say('console.touch.field')}
        confirmLabel={say('console.touch.follows')}
        onConfirm={() => send({ type: 'CONSOLE_ANSWER', yes: true })}
      />
      <Press kind="plain" onPress={() => send({ type: 'CONSOLE_ANSWER', yes: false })}>
        {say('console.touch.fails')}
      </Press>
    </section>
  )
}
