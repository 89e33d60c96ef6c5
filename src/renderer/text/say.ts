import type { TFunction } from 'i18next'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { TextRef } from '../../ipc/text.ts'
import type { TextKey } from './texts.ts'
import { writtenDate } from './written.ts'

type Params = Readonly<Record<string, string | number>>

/** Writes a sentence out: one of our own keys, or a reference that came with the snapshot. */
export interface Say {
  (key: TextKey, params?: Params): string
  (ref: TextRef): string
}

export function useSay(): Say {
  const { t } = useTranslation()
  return useCallback((what: TextKey | TextRef, params?: Params) => sentence(t, what, params), [t])
}

/**
 * A key that the text file lacks is a bug of ours, but never the citizen's problem: they read a plain sentence that
 * calls for help instead of a key.
 */
export function sentence(t: TFunction, what: TextKey | TextRef, params?: Params): string {
  const { key, params: values }: TextRef = typeof what === 'string' ? { key: what, params: { ...params } } : what
  const written = Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [name, typeof value === 'string' ? writtenDate(value) : value]),
  )
  return t([key, 'text.missing'], written)
}
