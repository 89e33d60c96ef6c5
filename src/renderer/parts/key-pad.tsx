import { Delete } from 'lucide-react'
import type { ReactElement } from 'react'
import { useSay } from '../text/say.ts'
import { Press } from './press.tsx'

interface KeysProps {
  readonly label: string
  readonly keys: readonly string[]
  readonly columns: 3 | 9
  readonly onKey: (key: string) => void
  readonly onDelete: () => void
  /** A further key in the last row. */
  readonly extra?: { readonly label: string; readonly onPress: () => void }
  readonly disabled?: boolean
}

/** A keyboard of big keys. The delete key is always the last one. */
export function Keys({ label, keys, columns, onKey, onDelete, extra, disabled = false }: KeysProps): ReactElement {
  const say = useSay()
  return (
    <div className={`keys keys--${columns}`} role="group" aria-label={label}>
      {keys.map((key) => (
        <Press key={key} kind="key" onPress={() => onKey(key)} disabled={disabled}>
          {key}
        </Press>
      ))}
      {extra !== undefined && (
        <Press kind="key" className="keys__extra" onPress={extra.onPress} disabled={disabled}>
          {extra.label}
        </Press>
      )}
      <Press kind="key" className="keys__delete" label={say('action.DELETE')} onPress={onDelete} disabled={disabled}>
        <Delete aria-hidden />
      </Press>
    </div>
  )
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9']

/** Telephone order: 1 2 3 at the top, 0 in the middle of the last row. */
export function NumberPad(
  props: Omit<KeysProps, 'keys' | 'columns' | 'extra'> & Pick<KeysProps, 'extra'>,
): ReactElement {
  const say = useSay()
  const { onKey, onDelete, label, disabled = false, extra } = props
  return (
    <div className="keys keys--3" role="group" aria-label={label}>
      {digits.map((key) => (
        <Press key={key} kind="key" onPress={() => onKey(key)} disabled={disabled}>
          {key}
        </Press>
      ))}
      {extra === undefined ? (
        <span aria-hidden />
      ) : (
        <Press kind="key" className="keys__extra" onPress={extra.onPress} disabled={disabled}>
          {extra.label}
        </Press>
      )}
      <Press kind="key" onPress={() => onKey('0')} disabled={disabled}>
        0
      </Press>
      <Press kind="key" className="keys__delete" label={say('action.DELETE')} onPress={onDelete} disabled={disabled}>
        <Delete aria-hidden />
      </Press>
    </div>
  )
}
