import { err, ok, type Result } from '../../lib/result.ts'
import type { LineImpairment } from '../transport/impaired-line.ts'
import { MAX_CODE_BYTES } from './codec.ts'
import type { ScannerSimulator } from './simulator.ts'

/** How a simulated scanner misbehaves. */
export interface ScannerFaults {
  readonly line?: LineImpairment
  /** What it does each time a code is shown to it. */
  readonly trick: (simulator: ScannerSimulator, code: string) => void
}

export interface BadFault {
  readonly code: 'BAD_FAULT'
  readonly detail: string
}

const LINE_NAMES: Readonly<Record<string, readonly [keyof LineImpairment, number] | undefined>> = {
  chop: ['chunk', 1],
  slow: ['delayMs', 5],
  paced: ['baud', 9600],
  noise: ['noiseBytes', 9],
}

type Trick = (simulator: ScannerSimulator, code: string, value: number | undefined) => void

const TRICKS: Readonly<Record<string, Trick | undefined>> = {
  twice: (simulator, code) => {
    simulator.show(code)
    simulator.show(code)
  },
  'too-long': (simulator) => simulator.show('9'.repeat(MAX_CODE_BYTES + 1)),
  'hang-up': (simulator, code, value) => simulator.hangUpWhileShowing(code, value ?? 3),
}

/** Reads `NAME[=VALUE],…`: `chop[=N]`, `slow[=MS]`, `paced[=BAUD]`, `noise[=N]`, `twice`, `too-long`, `hang-up[=N]`. */
export function parseScannerFaults(text: string): Result<ScannerFaults, BadFault> {
  const line: Partial<Record<keyof LineImpairment, number>> = {}
  let trick: ScannerFaults['trick'] = (simulator, code) => simulator.show(code)
  for (const item of text.split(',').filter((name) => name.trim() !== '')) {
    const [, name = '', digits] = /^\s*([a-z-]+)(?:=(\d+))?\s*$/.exec(item) ?? []
    const value = digits === undefined ? undefined : Number(digits)
    const ofLine = LINE_NAMES[name]
    const chosen = TRICKS[name]
    if (ofLine) line[ofLine[0]] = value ?? ofLine[1]
    else if (chosen) trick = (simulator, code) => chosen(simulator, code, value)
    else return err({ code: 'BAD_FAULT', detail: `there is no fault "${item.trim()}"` })
  }
  return ok({ line, trick })
}
