import manifest from '../../package.json' with { type: 'json' }

/** Version of this program, as the package names it. */
export const VERSION: string = manifest.version
