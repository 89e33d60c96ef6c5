import type { ReactElement, ReactNode } from 'react'
import { Button } from 'react-aria-components'

type PressKind = 'main' | 'plain' | 'quiet' | 'choice' | 'key' | 'tool'

interface PressProps {
  readonly kind: PressKind
  readonly onPress: () => void
  readonly children: ReactNode
  /** Accessible name where the visible text alone does not say it. */
  readonly label?: string
  readonly disabled?: boolean
  /** For a control that is on or off. */
  readonly pressed?: boolean
  readonly className?: string
}

/**
 * Every control of the kiosk. react-aria counts a press when the finger is released inside; a long press, a second finger
 * or a cancelled touch does nothing. The look of being pressed follows at once, without a transition.
 */
export function Press({ kind, onPress, children, label, disabled, pressed, className }: PressProps): ReactElement {
  return (
    <Button
      className={`press press--${kind} ${className ?? ''}`.trimEnd()}
      onPress={onPress}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(disabled === undefined ? {} : { isDisabled: disabled })}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
    >
      {children}
    </Button>
  )
}
