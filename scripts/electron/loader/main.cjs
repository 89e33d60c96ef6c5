'use strict'
// Stands in for Electron's own default_app, which a packaged Electron lacks: loads the application named on the command
// line, so that `electron [switches] [-r module] <folder or file> [arguments]` means the same as with an official binary.
const { existsSync, readFileSync, statSync } = require('node:fs')
const { dirname, join, resolve } = require('node:path')
const { app } = require('electron')

/** Splits the command line as Electron does: modules to load first, then the application, then its own arguments. */
function parse(argv) {
  const modules = []
  for (let index = 1; index < argv.length; index++) {
    if (argv[index] === '-r' || argv[index] === '--require') modules.push(argv[++index])
    else if (!argv[index].startsWith('-')) return { modules, target: resolve(argv[index]), rest: argv.slice(index + 1) }
  }
  return { modules, target: null, rest: [] }
}

const { modules, target, rest } = parse(process.argv)
if (target === null || !existsSync(target)) {
  process.stderr.write(`no application at ${String(target)}\n`)
  app.exit(1)
} else {
  for (const path of modules) require(resolve(path))
  process.argv = [process.argv[0], target, ...rest]
  process.defaultApp = true
  const folder = statSync(target).isDirectory() ? target : dirname(target)
  const description = join(folder, 'package.json')
  const pack = existsSync(description) ? JSON.parse(readFileSync(description, 'utf8')) : {}
  if (pack.name !== undefined) app.setName(pack.name)
  if (pack.version !== undefined) app.setVersion(pack.version)
  app.setAppPath(folder)
  require(folder === target ? join(folder, pack.main ?? 'index.js') : target)
}
