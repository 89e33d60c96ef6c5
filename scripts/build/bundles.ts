import type { BuildOptions, Plugin } from 'esbuild'
import { join } from 'node:path'
import { root } from '../electron/paths.ts'

/** Modules with native code or data files of their own; they stay in `node_modules` beside the bundles. */
const NATIVE = [
  'better-sqlite3-multiple-ciphers',
  'serialport',
  '@serialport/*',
  'node-hid',
  'usb',
  'onnxruntime-node',
  '@napi-rs/canvas',
  '@lydell/node-pty',
  'sharp',
]

const source = (path: string): string => join(root, 'src', path)

/** zod carries its error messages in some fifty languages; nobody reads them here, and they cost start-up time. */
const withoutZodLocales: Plugin = {
  name: 'without-zod-locales',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}' }))
  },
}

/**
 * Keeps Node's own `fetch` asleep in processes that do not use it: 40 ms less until the first snapshot. Two things would
 * wake it: an ES import of `node:http`, because Node then reads every export, its WebSocket among them (`require` does
 * not); and axios' fetch adapter, which makes trial requests although axios takes its HTTP adapter in Node.
 */
const withoutFetch: Plugin = {
  name: 'without-fetch',
  setup(build) {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'by-require' },
    )
    build.onLoad({ filter: /.*/, namespace: 'by-require' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
    build.onLoad({ filter: /[\\/]axios[\\/]lib[\\/]adapters[\\/]fetch\.js$/ }, () => ({
      contents: 'export const getFetch = () => null',
    }))
  },
}

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  keepNames: true,
  sourcemap: 'external',
  legalComments: 'none',
  logLevel: 'silent',
  plugins: [withoutZodLocales],
  define: { 'process.env.NODE_ENV': '"production"' },
}

/** Everything that runs in Electron's own processes: CommonJS, because a sandboxed preload and early start need it. */
const electron: BuildOptions = {
  ...shared,
  entryPoints: {
    main: source('main/main.ts'),
    preload: source('preload/preload.ts'),
    'dock-preload': source('preload/dock-preload.ts'),
  },
  outdir: join(root, 'dist'),
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['electron'],
}

/** Everything that runs as its own Node process, or in Electron's utility process. */
const processes: BuildOptions = {
  ...shared,
  entryPoints: {
    kiosk: source('kiosk/main.ts'),
    face: source('face/process.ts'),
    rig: source('rig/main.ts'),
    central: source('central/server/main.ts'),
  },
  outdir: join(root, 'dist'),
  outExtension: { '.js': '.mjs' },
  platform: 'node',
  format: 'esm',
  target: 'node24',
  external: [...NATIVE, 'electron'],
  plugins: [withoutZodLocales, withoutFetch],
  // CommonJS packages inside the bundle ask for Node's own modules through `require`.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
}

/** The pages: screens and, in development, the dock. */
const pages: BuildOptions = {
  ...shared,
  keepNames: false,
  entryPoints: { main: source('renderer/main.tsx'), dock: source('renderer/dock/dock.tsx') },
  outdir: join(root, 'dist', 'renderer'),
  platform: 'browser',
  format: 'esm',
  target: 'chrome130',
  loader: {
    '.woff2': 'file',
    '.svg': 'file',
    '.png': 'file',
    '.mp3': 'file',
    '.ogg': 'file',
  },
  assetNames: 'files/[name]-[hash]',
  external: ['/fonts/*', './fonts/*'],
}

export const bundles: readonly BuildOptions[] = [electron, processes, pages]

/** Files that are shipped as they are: from `src/`, to `dist/`. */
export const copies: readonly (readonly [from: string, to: string])[] = [
  ['renderer/index.html', 'renderer/index.html'],
  ['renderer/dock/dock.html', 'renderer/dock.html'],
  ['main/pages', 'pages'],
]
