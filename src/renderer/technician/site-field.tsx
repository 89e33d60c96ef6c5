import { useState, type ReactElement } from 'react'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Pages } from '../parts/pages.tsx'
import { Press } from '../parts/press.tsx'
import { useSay } from '../text/say.ts'
import { ConsoleStage } from './frame.tsx'
import { Keyboard } from './keyboard.tsx'
import type { SiteView } from './site-review.tsx'
import { StateChip } from './state.tsx'
import { Typed } from './typed.tsx'

export type Field = SiteView['groups'][number]['fields'][number]

interface FieldEditorProps {
  readonly field: Field
  readonly onLeave: () => void
}

/** Longest value that the intent carries. */
const LONGEST = 4096

/** One field of the site file; what is typed is sent as a whole and checked by the kiosk. */
export function FieldEditor({ field, onLeave }: FieldEditorProps): ReactElement {
  const { send } = useKiosk()
  const save = (value: string): void => {
    send({ type: 'CONSOLE_EDIT', path: field.path, value })
    onLeave()
  }
  return field.kind === 'choice' ? (
    <ChoiceEditor field={field} onLeave={onLeave} onSave={save} />
  ) : (
    <TextEditor field={field} onLeave={onLeave} onSave={save} />
  )
}

interface EditorProps extends FieldEditorProps {
  readonly onSave: (value: string) => void
}

function TextEditor({ field, onLeave, onSave }: EditorProps): ReactElement {
  const say = useSay()
  const [typed, setTyped] = useState(field.value)
  const ready = typed !== field.value
  const enter = (): void => {
    if (ready) onSave(typed)
  }
  return (
    <ConsoleStage
      stage="FIELD"
      title={field.help}
      guide={<span className="console-code">{field.path}</span>}
      columns="two"
      actions={[
        { label: say('console.site.leaveField'), onPress: onLeave },
        { label: say('action.CLEAR'), disabled: typed === '', onPress: () => setTyped('') },
        { label: say('console.site.take'), kind: 'main', disabled: !ready, onPress: enter },
      ]}
    >
      <div className="login__words">
        <Typed label={say('console.site.newValue')} value={typed} placeholder={say('console.site.empty')} />
        <p className="console-plain">
          {say(field.isDefault ? 'console.site.standardValue' : 'console.site.presentValue', {
            value: field.value === '' ? say('console.site.empty') : field.value,
          })}
        </p>
        {field.problem !== null && <StateChip tone="bad">{field.problem}</StateChip>}
      </div>
      <Keyboard
        label={field.help}
        layout={field.kind === 'number' ? 'number' : 'full'}
        onKey={(key) => setTyped((now) => (now + key).slice(0, LONGEST))}
        onDelete={() => setTyped((now) => now.slice(0, -1))}
        onEnter={enter}
      />
    </ConsoleStage>
  )
}

function ChoiceEditor({ field, onLeave, onSave }: EditorProps): ReactElement {
  const say = useSay()
  return (
    <ConsoleStage
      stage="CHOICE"
      title={field.help}
      guide={<span className="console-code">{field.path}</span>}
      actions={[{ label: say('console.site.leaveField'), onPress: onLeave }]}
    >
      <Pages className="role-choice">
        {field.choices.map((choice) => (
          <Press
            key={choice}
            kind="choice"
            className="role-line"
            label={say('console.site.chooseNamed', { value: choice })}
            pressed={choice === field.value}
            onPress={() => onSave(choice)}
          >
            {choice}
          </Press>
        ))}
      </Pages>
    </ConsoleStage>
  )
}
