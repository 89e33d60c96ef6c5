import { assetPath } from '../../lib/assets.ts'
import type { Result } from '../../lib/result.ts'
import { readJson, type BadFile } from '../asset/read-json.ts'
import { RegisterMap } from './register-map.ts'

/** `waveshare-relay` means `assets/io-boards/waveshare-relay.json`; a path with a slash or `.json` means that file. */
export function readRegisterMap(model: string): Promise<Result<RegisterMap, BadFile>> {
  const isPath = model.includes('/') || model.endsWith('.json')
  return readJson(isPath ? model : assetPath('io-boards', `${model}.json`), RegisterMap)
}
