import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import chinese from '../../../assets/texts/zh-CN.json' with { type: 'json' }
import { BADGE_KINDS } from '../../domain/review/vocabulary.ts'
import { sentence } from './say.ts'
import { createTexts } from './texts.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const texts = flatten(chinese)

function flatten(node: unknown, path = ''): Map<string, string> {
  if (typeof node === 'string') return new Map([[path, node]])
  return new Map(
    Object.entries(node as Record<string, unknown>).flatMap(([key, value]) => [
      ...flatten(value, path === '' ? key : `${path}.${key}`),
    ]),
  )
}

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))].sort()
}

interface Use {
  readonly where: string
  readonly key: string
  /** Names of the parameters given; null where they are not written at the call. */
  readonly params: readonly string[] | null
}

/** Every call `say('key', {…})`, `t('key', {…})` and `text('key', {…})` with a literal key under `folder`. */
function usesIn(folder: string): Use[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return files
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
    .flatMap((name) => usesInFile(join(folder, name)))
}

function usesInFile(path: string): Use[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(root, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
    path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  )
  const uses: Use[] = []
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit)
    if (!ts.isCallExpression(node) || !['say', 't', 'text'].includes(node.expression.getText())) return
    const [key, params] = node.arguments
    if (key === undefined || !ts.isStringLiteral(key)) return
    const written = params !== undefined && ts.isObjectLiteralExpression(params)
    const names = written
      ? params.properties.map((property) => property.name?.getText() ?? '…').sort()
      : params === undefined
        ? []
        : null
    uses.push({ where: path, key: key.text, params: names })
  }
  visit(source)
  return uses
}

describe('the one text file', () => {
  const uses = [...usesIn('src/renderer'), ...usesIn('src/kiosk')].filter(({ key }) => key !== '2d')

  test('is really looked for in the program', () => {
    expect(uses.length).toBeGreaterThan(120)
  })

  test('holds every sentence that screens and kiosk ask for', () => {
    expect(uses.filter(({ key }) => !texts.has(key))).toEqual([])
  })

  test('gets exactly the parameters that its sentences name', () => {
    const wrong = uses.filter(
      ({ key, params }) => params !== null && params.join() !== placeholders(texts.get(key) ?? '').join(),
    )
    expect(wrong).toEqual([])
  })

  test('has a word for every badge, every closing and every step that the kiosk can send', () => {
    const closings =
      /export type Closing =([\s\S]*?)\n\n/.exec(readFileSync(join(root, 'src/kiosk/house.ts'), 'utf8'))?.[1] ?? ''
    const messages = readFileSync(join(root, 'src/central/contract/review.ts'), 'utf8')
    const troubles =
      /const sheets = \{([\s\S]*?)\} satisfies/.exec(
        readFileSync(join(root, 'src/kiosk/visit/trouble.ts'), 'utf8'),
      )?.[1] ?? ''
    const project = readFileSync(join(root, 'src/kiosk/visit/project.ts'), 'utf8')
    const steps = [...project.matchAll(/(?:steps\(|printOrder = )\[([^\]]*)\]/g)].flatMap(([, list]) => [
      ...list!.matchAll(/'(\w+)'/g),
    ])
    const wanted = [
      ...Object.keys(BADGE_KINDS).map((kind) => `badge.${kind}`),
      ...[...closings.matchAll(/'(\w+)'/g)].map(([, code]) => `closed.${code!}`),
      ...[...messages.matchAll(/message\('(\w+)'/g)].flatMap(([, code]) => [
        `verdict.${code!}.title`,
        `verdict.${code!}.detail`,
      ]),
      ...[...troubles.matchAll(/^ {2}(\w+):/gm)].flatMap(([, code]) => [
        `problem.${code!}.what`,
        `problem.${code!}.assurance`,
        `problem.${code!}.todo`,
      ]),
      ...steps.map(([, name]) => `step.${name!}`),
    ]
    expect(wanted.length).toBeGreaterThan(150)
    expect(wanted.filter((key) => !texts.has(key))).toEqual([])
  })

  test('speaks to the citizen without half-width punctuation after Chinese, and without English words', () => {
    const allowed = /\{\w+\}|ABC|\$t\([^)]*\)/g
    // A technician knows what stands on the plug (USB, PC/SC); a citizen need not.
    const forStaff = /^(console|device|remedy|selfTest)\./
    const onThePlug = /[A-Z][A-Z0-9]+/g
    const loose = [...texts].filter(([key, text]) => {
      const rest = text.replace(allowed, '').replace(forStaff.test(key) ? onThePlug : allowed, '')
      return /[\u4e00-\u9fff][,;:?!]|[a-zA-Z]{2,}/.test(rest)
    })
    expect(loose).toEqual([])
  })
})

/** The standard texts of the service: to be used exactly. */
test.each([
  [
    'verdict.NOT_DUE.detail',
    { validUntil: '2026-12-31', from: '2026-10-02' },
    '您的车辆审验有效期至2026年12月31日，可于2026年10月02日起办理',
  ],
  ['verdict.READY_OVERDUE.detail', { validUntil: '2026-11-01', days: 22 }, '已逾期22天，请尽快办理'],
  [
    'verdict.OVERDUE_LIMIT.detail',
    { days: 181, limit: '180天' },
    '逾期超过180天，依据当地规定须到窗口办理，终端不予签注',
  ],
  [
    'verdict.LOCKED.detail',
    { caseNoMasked: '云运罚*18' },
    '该车辆存在未处理的行政处罚案件（云运罚*18），办结后可继续办理',
  ],
  ['lock.lead', { caseNoMasked: '云运罚*18' }, '该车辆存在未处理的行政处罚案件（云运罚*18），办结后可继续办理'],
  ['verdict.UNAVAILABLE.detail', { system: '货运平台' }, '暂时无法连接货运平台，您的申请不受影响，请稍后再试'],
  ['problem.CENTRE_UNREACHABLE.what', {}, '暂时无法连接运管平台，您的申请不受影响，请稍后再试'],
  ['print.stage.FAILED.todo', {}, '打印未完成，本次签注已保留，无需重新申请'],
  ['problem.PRINT_FAILED.what', {}, '打印未完成，本次签注已保留，无需重新申请'],
  [
    'verdict.OTHER_PROVINCE.detail',
    { province: '湖南省', url: 'https://x' },
    '该车车籍地为湖南省，普通货运车辆可通过全国道路运输便民政务服务系统办理，请扫码',
  ],
  ['verdict.NOT_REQUIRED.detail', {}, '该车辆无需办理道路运输证年审'],
  ['take.items', {}, '请取走道路运输证、身份证和凭条'],
  ['problem.ALREADY_ENDORSED.what', { kiosk: '东站 03 号' }, '已在东站 03 号签注'],
  ['closed.RECEIPT_PAPER_OUT', {}, '打印机缺纸，暂停打印服务'],
])('the standard text %s is said exactly', (key, params, said) => {
  expect(sentence(createTexts().t, { key, params })).toBe(said)
})

test('a key that is not there asks for help instead of showing itself', () => {
  expect(sentence(createTexts().t, { key: 'problem.NO_SUCH.what' })).toBe('请稍候，或请工作人员帮忙')
})
