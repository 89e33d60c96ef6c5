import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The folder of what a province or a site changes without touching code: beside the program, wherever it runs from
 * (sources, `dist/`, a packaged app's resources). `KIOSK_ASSETS` names another.
 */
function findAssets(): string {
  const named = process.env['KIOSK_ASSETS']
  if (named !== undefined && named !== '') return named
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, 'assets')
    if (existsSync(join(candidate, 'provinces'))) return candidate
  }
  throw new Error('the assets folder is missing beside the program')
}

let root: string | undefined

/** Absolute path of a shipped file: `assetPath('printers', 'generic-80.json')`. */
export function assetPath(...parts: readonly string[]): string {
  root ??= findAssets()
  return join(root, ...parts)
}
