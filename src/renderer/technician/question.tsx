import { MessageCircleQuestion } from 'lucide-react'
import type { ReactElement } from 'react'
import type { TextRef } from '../../ipc/text.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Press } from '../parts/press.tsx'
import { useSay } from '../text/say.ts'

/** What only eyes can answer: yes or no, equally large. */
export function Question({ question }: { readonly question: TextRef }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <section className="question" role="group" aria-labelledby="question">
      <p id="question" className="question__words">
        <MessageCircleQuestion aria-hidden />
        {say(question)}
      </p>
      <div className="question__answers">
        <Press kind="plain" onPress={() => send({ type: 'CONSOLE_ANSWER', yes: false })}>
          {say('console.answer.no')}
        </Press>
        <Press kind="main" onPress={() => send({ type: 'CONSOLE_ANSWER', yes: true })}>
          {say('console.answer.yes')}
        </Press>
      </div>
    </section>
  )
}
