import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { parseFaultScript as parseCertificateFaults } from '../drivers/certificate-printer/fault-script.ts'
import { parseDocumentPrinterFaults } from '../drivers/document-printer/fault-script.ts'
import { parseFaultScript as parseReaderFaults } from '../drivers/id-card/fault-script.ts'
import { BoardFaultScript } from '../drivers/io-board/faults.ts'
import { parseFaultScript as parseReceiptFaults } from '../drivers/receipt-printer/fault-script.ts'
import { parseScannerFaultScript } from '../drivers/scanner/fault-script.ts'
import { UpsFaultScript } from '../drivers/ups/faults.ts'
import type { RigDevice } from '../ipc/rig.ts'
import { err, ok, type Result } from '../lib/result.ts'
import type { Bench } from './bench.ts'

/** Where the dock looks for fault scripts: in the folder the rig was started in. */
const FAULT_FOLDER = 'faults'

/** Names of the scripts in `folder`; none where there is no such folder. */
export function faultFiles(folder = FAULT_FOLDER): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch {
    return []
  }
}

/** The text of a script in `folder`; a name cannot lead out of it. */
export function readFaultFile(name: string, folder = FAULT_FOLDER): Result<string, string> {
  try {
    return ok(readFileSync(join(folder, basename(name)), 'utf8'))
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : 'unreadable')
  }
}

/** Replaces what `device` does wrong by the script in `text`; the error says what is wrong with the script. */
export function loadFaults(bench: Bench, device: RigDevice, text: string): Result<void, string> {
  let json: unknown
  try {
    json = text.trim() === '' ? {} : JSON.parse(text)
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : 'no JSON')
  }
  return LOADERS[device](bench, json)
}

type Loader = (bench: Bench, json: unknown) => Result<void, string>

/** A loader made of how a script is checked and who then follows it. */
function loader<Script>(
  check: (json: unknown) => Result<Script, { readonly detail: string }>,
  follow: (bench: Bench, script: Script) => void,
): Loader {
  return (bench, json) => {
    const script = check(json)
    if (!script.ok) return err(script.error.detail)
    follow(bench, script.value)
    return ok()
  }
}

function checkedBy<Schema extends z.ZodType>(schema: Schema) {
  return (json: unknown): Result<z.output<Schema>, { readonly detail: string }> => {
    const parsed = schema.safeParse(json)
    return parsed.success ? ok(parsed.data) : err({ detail: z.prettifyError(parsed.error) })
  }
}

const LOADERS: Readonly<Record<RigDevice, Loader>> = {
  'id-card': loader(parseReaderFaults, ({ reader }, script) => reader.misbehave(script)),
  scanner: loader(parseScannerFaultScript, ({ scanner }, script) => scanner.misbehave(script)),
  'certificate-printer': loader(parseCertificateFaults, ({ certificatePrinter }, faults) => {
    certificatePrinter.faults = faults
  }),
  'receipt-printer': loader(parseReceiptFaults, ({ receiptPrinter }, faults) => {
    receiptPrinter.faults = faults
  }),
  'document-printer': loader(parseDocumentPrinterFaults, ({ pages }, script) => pages()?.jobs.misbehave(script)),
  ups: loader(checkedBy(UpsFaultScript), ({ ups }, script) => ups.misbehave(script)),
  'io-board': loader(checkedBy(BoardFaultScript), ({ board }, script) => board.misbehave(script)),
}
