import { expect, test } from 'vitest'
import { fixtures } from '../../../tests/screens/fixtures.ts'
import { sentence } from './say.ts'
import { spokenTexts } from './spoken.ts'
import { createTexts } from './texts.ts'

const { t } = createTexts()

test.each(fixtures)('$name has a spoken text with nothing left to fill in', ({ snapshot }) => {
  const said = spokenTexts(snapshot).map((ref) => sentence(t, ref))
  expect(said.length).toBeGreaterThan(0)
  for (const words of said) {
    expect(words).toMatch(/[\u4e00-\u9fff]/)
    expect(words).not.toMatch(/[{}]/)
    expect(words).not.toBe('请稍候，或请工作人员帮忙')
  }
})
