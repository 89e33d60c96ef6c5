import { flipFuses, FuseVersion, FuseV1Options } from '@electron/fuses'
import { join } from 'node:path'

/** Fuses that electron-builder's own list (`electronFuses` in electron-builder.yml) does not know yet. */
export const furtherFuses = {
  // WebAssembly checks its memory bounds in code instead of by trap handlers: no page here runs any.
  [FuseV1Options.WasmTrapHandlers]: false,
} as const

/** The part of electron-builder's `AfterPackContext` that is used. */
interface Packed {
  readonly appOutDir: string
  readonly electronPlatformName: string
  readonly packager: {
    readonly executableName: string
    readonly appInfo: { readonly productFilename: string }
  }
}

/** electron-builder's hook between packing and signing. */
export async function afterPack({ appOutDir, electronPlatformName, packager }: Packed): Promise<void> {
  const binary = {
    darwin: `${packager.appInfo.productFilename}.app`,
    win32: `${packager.appInfo.productFilename}.exe`,
  }[electronPlatformName]
  await flipFuses(join(appOutDir, binary ?? packager.executableName), { version: FuseVersion.V1, ...furtherFuses })
}
