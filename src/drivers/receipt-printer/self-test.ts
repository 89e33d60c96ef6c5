import { err, ok, type Result } from '../../lib/result.ts'
import type { SelfTest, SelfTestFailure, SelfTestPass } from '../self-test.ts'
import type { ReceiptPrinter } from './device.ts'
import type { Receipt } from './receipt.ts'
import { STATE_MEANINGS } from './status.ts'

/** What a technician can try on a receipt printer. None of it needs or shows a citizen's data. */
export function receiptPrinterSelfTests(printer: ReceiptPrinter): readonly SelfTest[] {
  return [
    { id: 'state', run: ({ signal }) => testState(printer, signal) },
    { id: 'proof-method', run: () => testProof(printer) },
    {
      id: 'print-page',
      run: async (call) => {
        call.say('receiptPage')
        const printed = await printTestPage(printer)
        if (!printed.ok) return printed
        return (await call.ask('receiptSharpAndCut'))
          ? printed
          : err({
              key: 'notSharp',
              detail: 'The technician saw a page that is not sharp or not cut: clean the head, check the knife.',
            })
      },
    },
  ]
}

async function testState(printer: ReceiptPrinter, signal: AbortSignal): Promise<Result<SelfTestPass, SelfTestFailure>> {
  const report = await printer.report(signal)
  if (report.usable) return ok({ measured: { state: report.state } })
  return err({ key: 'deviceState', detail: `${report.state}: ${report.remedy}` })
}

/** Asks the printer whether it knows GS ( H or GS r; a printer that can prove nothing passes, and the report says so. */
async function testProof(printer: ReceiptPrinter): Promise<Result<SelfTestPass, SelfTestFailure>> {
  const ability = await printer.probe()
  if (ability.ok) return ok({ measured: { proof: ability.value } })
  return err({ key: 'deviceState', detail: `${ability.error}: ${STATE_MEANINGS[ability.error].remedy}` })
}

/** Prints the page of the self-test; passes where the printer proved it, or cannot prove anything by its nature. */
export async function printTestPage(printer: ReceiptPrinter): Promise<Result<SelfTestPass, SelfTestFailure>> {
  const printed = await printer.print(testPage(printer.columns), 'self-test')
  if (printed.ok) {
    const { method, ms, usage } = printed.value
    return ok({ measured: { proof: method, printMs: Math.round(ms), paperMm: usage.paperMm } })
  }
  const { error } = printed
  switch (error.code) {
    case 'PROOF_UNKNOWN':
      if (error.why !== 'MODEL_CANNOT_PROVE' && error.why !== 'HANDED_OVER')
        return err({
          key: 'printUnknown',
          detail: `Nothing proves that the page came out (${error.why}); look at the paper.`,
        })
      return ok({ measured: { proof: 'none', paperMm: error.usage.paperMm } })
    case 'GLYPH_MISSING':
      return err({ key: 'glyphMissing', detail: `No font holds ${error.characters.join(' ')}.` })
    case 'NOT_STARTED':
    case 'NOT_PRINTED':
      return err({ key: 'deviceState', detail: `${error.state}: ${STATE_MEANINGS[error.state].remedy}` })
  }
}

/** Every kind of line a receipt can have, a ruler of columns, and characters from each zone of the font. */
export function testPage(columns: number): Receipt {
  const ruler = Array.from({ length: columns }, (_, at) => ((at + 1) % 10 === 0 ? String(((at + 1) / 10) % 10) : '·'))
  return {
    receipt: 1,
    blocks: [
      { type: 'text', text: '打印测试页', align: 'center', size: 'large', bold: true },
      { type: 'rule' },
      { type: 'text', text: ruler.join('').replaceAll('·', '.') },
      { type: 'text', text: '#'.repeat(columns) },
      { type: 'text', text: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz' },
      { type: 'text', text: '0123456789 !"#$%&\'()*+,-./:;<=>?@[]^_{|}~' },
      { type: 'text', text: '道路运输证年度审验签注业务回执受理编号有效期至' },
      { type: 'text', text: '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼' },
      { type: 'text', text: '，。、；：？！（）《》“”【】—…￥％＋－' },
      // Outside the printers' own fonts: these two lines go as pictures.
      { type: 'text', text: '生僻字：䶮㛃㑇㔾' },
      { type: 'text', text: '高字', size: 'tall' },
      { type: 'text', text: '黑底白字', align: 'center', inverse: true },
      { type: 'rule', style: 'dashed' },
      { type: 'qr', data: 'KIOSK-RECEIPT-PRINTER-TEST', moduleDots: 5, level: 'M' },
    ],
  }
}
