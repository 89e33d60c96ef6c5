import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import chinese from '../../../assets/texts/zh-CN.json' with { type: 'json' }

type Paths<T> = T extends string ? '' : { [K in keyof T & string]: Join<K, Paths<T[K]>> }[keyof T & string]
type Join<K extends string, Rest extends string> = Rest extends '' ? K : `${K}.${Rest}`

/** Every key of the text file; a key that does not exist does not compile. */
export type TextKey = Paths<typeof chinese>

/** The texts, loaded with the bundle: nothing is fetched before the first screen. Placeholders are written `{name}`. */
export function createTexts(): i18n {
  const texts = createInstance()
  void texts.use(initReactI18next).init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { translation: chinese } },
    interpolation: { prefix: '{', suffix: '}', escapeValue: false },
    initAsync: false,
    react: { useSuspense: false },
  })
  return texts
}
