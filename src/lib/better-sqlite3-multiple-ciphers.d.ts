/** The package's own types are not reachable through its `exports`; its interface is that of better-sqlite3. */
declare module 'better-sqlite3-multiple-ciphers' {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package is CommonJS with `export =`
  import Database = require('better-sqlite3')
  export = Database
}
