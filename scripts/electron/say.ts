/** One line for the person at the terminal, on standard error so that standard output stays a program's own. */
export function say(line: string): void {
  process.stderr.write(`[electron] ${line}\n`)
}

/** As `say`, once per command: processes started by this one do not repeat it. */
export function sayOnce(line: string): void {
  const told = process.env['KIOSK_ELECTRON_TOLD'] ?? ''
  const mark = `${line.length};`
  if (told.includes(mark)) return
  process.env['KIOSK_ELECTRON_TOLD'] = told + mark
  say(line)
}
