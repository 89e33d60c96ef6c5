import { ArrowBigUp, Delete } from 'lucide-react'
import { useState, type ReactElement, type ReactNode } from 'react'
import { NumberPad } from '../parts/key-pad.tsx'
import { Press } from '../parts/press.tsx'
import { useSay } from '../text/say.ts'
import { useTyping, type Typing } from './use-typing.ts'

interface KeyboardProps extends Typing {
  readonly label: string
  readonly layout: keyof typeof accepted
}

/** What may be typed. `staff` begins as a number pad with letters behind a key. */
const accepted = {
  digits: /^\d$/,
  number: /^[\d.]$/,
  staff: /^[A-Za-z0-9-]$/,
  full: /^[\x21-\x7e]$/,
} as const

const rows = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const

/** The kiosk has no keyboard, so the screen is one; a physical one works as well. */
export function Keyboard({ label, layout, onKey, onDelete, onEnter }: KeyboardProps): ReactElement {
  const say = useSay()
  const [letters, setLetters] = useState(layout === 'full')
  useTyping({ onKey, onDelete, onEnter }, (key) => accepted[layout].test(key))
  const keys = { label, onKey, onDelete }
  if (letters)
    return layout === 'full' ? (
      <TextKeyboard {...keys} />
    ) : (
      <StaffKeyboard {...keys} toDigits={() => setLetters(false)} />
    )
  const extra = {
    digits: {},
    full: {},
    number: { extra: { label: '.', onPress: () => onKey('.') } },
    staff: { extra: { label: say('console.key.letters'), onPress: () => setLetters(true) } },
  }[layout]
  return (
    <div className="console-pad">
      <NumberPad {...keys} {...extra} />
    </div>
  )
}

type KeysProps = Pick<Typing, 'onKey' | 'onDelete'> & { readonly label: string }

/** Letters both ways, digits and the signs of addresses. Shift holds for one letter. */
function TextKeyboard({ label, onKey, onDelete }: KeysProps): ReactElement {
  const say = useSay()
  const [shift, setShift] = useState(false)
  const type = (key: string): void => {
    onKey(key)
    setShift(false)
  }
  return (
    <Rows
      label={label}
      upper={shift}
      onKey={type}
      onDelete={onDelete}
      before={
        <Press kind="key" label={say('console.key.shift')} pressed={shift} onPress={() => setShift(!shift)}>
          <ArrowBigUp aria-hidden />
        </Press>
      }
      last={Array.from('.:/-_@').map((sign) => (
        <Press key={sign} kind="key" onPress={() => type(sign)}>
          {sign}
        </Press>
      ))}
    />
  )
}

/** Staff numbers are capitals, digits and the hyphen. */
function StaffKeyboard({ toDigits, ...keys }: KeysProps & { readonly toDigits: () => void }): ReactElement {
  const say = useSay()
  return (
    <Rows
      {...keys}
      upper
      last={
        <>
          <Press kind="key" className="console-keys__word" onPress={toDigits}>
            {say('console.key.digits')}
          </Press>
          <Press kind="key" onPress={() => keys.onKey('-')}>
            -
          </Press>
        </>
      }
    />
  )
}

interface RowsProps extends KeysProps {
  readonly upper: boolean
  readonly before?: ReactNode
  readonly last: ReactNode
}

/** Ten keys a row in the order of every keyboard. */
function Rows({ label, upper, onKey, onDelete, before, last }: RowsProps): ReactElement {
  const say = useSay()
  const [digits, high, home, low] = rows.map((row) =>
    Array.from(row, (char) => {
      const key = upper ? char.toUpperCase() : char
      return (
        <Press key={char} kind="key" onPress={() => onKey(key)}>
          {key}
        </Press>
      )
    }),
  )
  return (
    <div className="console-keys" role="group" aria-label={label}>
      <div className="console-keys__row">{digits}</div>
      <div className="console-keys__row">{high}</div>
      <div className="console-keys__row console-keys__row--home">{home}</div>
      <div className="console-keys__row">
        {before}
        {low}
        <Press kind="key" className="console-keys__wide" label={say('action.DELETE')} onPress={onDelete}>
          <Delete aria-hidden />
        </Press>
      </div>
      <div className="console-keys__row">{last}</div>
    </div>
  )
}
