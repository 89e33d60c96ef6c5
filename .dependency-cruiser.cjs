/**
 * The floors of the house: imports point down only, and rooms on one floor do not import each other.
 *
 *   5  main, preload, renderer      shell and screens
 *   4  kiosk, rig                   the visit, services, printing; the rig of simulators and centre used by demo and tests
 *   3  drivers, face, store, central/client   hands, eyes, memory, voice
 *   2  ipc, central/contract        what processes say to each other
 *   1  domain                       words and rules of road transport: pure, no I/O
 *   0  lib                          result, clock, lock, deadline, log
 *      central/server               a house of its own: central/contract, domain, lib
 */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.tsx?$' },
  to: { path: '^src/', pathNot: [from, ...allowed] },
})

const LIB = '^src/lib/'
const DOMAIN = '^src/domain/'
const IPC = '^src/ipc/'
const CONTRACT = '^src/central/contract/'

/** Rooms of src/drivers that know nothing of each other; `transport`, `pcsc`, `ipp`, `raster` and `typeset` serve them all. */
const DEVICES = [
  ...['id-card', 'scanner', 'receipt-printer', 'certificate-printer', 'document-printer'],
  ...['ups', 'io-board', 'watchdog', 'ic-card', 'keypad', 'signature-pad'],
]

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    only('lib-is-the-ground', LIB, [], 'lib imports nothing of ours'),
    only('domain-is-pure', DOMAIN, [LIB], 'domain imports lib only'),
    {
      name: 'domain-has-no-io',
      severity: 'error',
      from: { path: DOMAIN, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    only('ipc', IPC, [DOMAIN, LIB], 'what processes say to each other'),
    only('contract', CONTRACT, [DOMAIN, LIB], 'what kiosk and centre say to each other'),
    only('drivers', '^src/drivers/', [DOMAIN, LIB], 'hands know no other room'),
    only('face', '^src/face/', [DOMAIN, LIB], 'eyes know no other room'),
    only('store', '^src/store/', [DOMAIN, LIB], 'memory knows no other room'),
    only('central-client', '^src/central/client/', [CONTRACT, DOMAIN, LIB], 'the voice to the centre'),
    only('central-server', '^src/central/server/', [CONTRACT, DOMAIN, LIB], 'a house of its own'),
    only(
      'kiosk',
      '^src/kiosk/',
      ['^src/drivers/', '^src/face/', '^src/store/', '^src/central/client/', CONTRACT, IPC, DOMAIN, LIB],
      'puts the rooms below together',
    ),
    only(
      'rig',
      '^src/rig/',
      ['^src/drivers/', '^src/central/server/', CONTRACT, IPC, DOMAIN, LIB],
      'simulators and centre for demo, start and tests',
    ),
    only('renderer', '^src/renderer/', [IPC, DOMAIN, LIB], 'screens are functions of the snapshot'),
    only('preload', '^src/preload/', [IPC], 'a small named facade'),
    only(
      'main',
      '^src/main/',
      [IPC, LIB, '^src/drivers/watchdog/'],
      'windows and processes; nothing of value. Whoever watches the others feeds the watchdog',
    ),
    {
      name: 'renderer-is-sandboxed',
      severity: 'error',
      from: { path: '^src/renderer/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-source-imports-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^(tests|scripts)/' },
    },
    ...DEVICES.map((device) => ({
      name: `driver-${device}-stands-alone`,
      severity: 'error',
      from: { path: `^src/drivers/${device}/` },
      to: {
        path: `^src/drivers/(${DEVICES.join('|')})/`,
        pathNot: `^src/drivers/${device}/`,
      },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
}
