import { formatChineseTime } from '../../domain/local-date.ts'
import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect } from 'node:tls'
import { z } from 'zod'
import type { ConsoleView } from '../../ipc/console.ts'
import { text } from '../../ipc/text.ts'
import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { defaultGateway, neighbourState, reachOf, readNetworkSigns, type Reach } from '../network.ts'
import { mustRead, mustWrite } from '../../store/must.ts'
import { askTime } from './sntp.ts'
import type { Rooms } from './rooms.ts'

export type Fact = Extract<ConsoleView, { screen: 'S98' }>['groups'][number]['facts'][number]

const DNS_MS = 2_000
const TLS_MS = 3_000
const DAY_MS = 86_400_000
/** A certificate that runs out sooner than this should be renewed, and sooner than that must be; days. */
const RENEW_DAYS = 30
const URGENT_DAYS = 7
/** Drift the platform allows a kiosk before a technician should look at the time service, milliseconds. */
export const GOOD_DRIFT_MS = 5_000

function fact(key: string, value: string, tone: Fact['tone'], remedy: string | null = null): Fact {
  return {
    label: text(`console.fact.${key}`),
    value,
    tone,
    remedy: remedy === null ? null : text(`console.remark.${remedy}`),
  }
}

/** Addresses of this machine and its way out. */
export async function networkFacts({ site, clock }: Pick<Rooms, 'site' | 'clock'>): Promise<readonly Fact[]> {
  const own = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => fact('address', `${name} ${address}`, 'info')),
  )
  const host = new URL(site.centre.url).hostname.replace(/^\[|\]$/g, '')
  const [gateway, name] = await Promise.all([gatewayFact(), dnsFact(host, clock)])
  return [...(own.length === 0 ? [fact('address', '—', 'bad', 'noNetwork')] : own), gateway, name]
}

/** The default route of /proc/net/route; its neighbour entry says whether it answers. */
async function gatewayFact(): Promise<Fact> {
  try {
    const gateway = defaultGateway(await readFile('/proc/net/route', 'utf8'))
    if (gateway === null) return fact('gateway', '—', 'warning', 'noGateway')
    const arp = await readFile('/proc/net/arp', 'utf8')
    return fact('gateway', gateway, neighbourState(arp, gateway) === 'ANSWERS' ? 'good' : 'unknown')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return fact('gateway', '—', 'unknown')
  }
}

async function dnsFact(host: string, clock: Clock): Promise<Fact> {
  if (isIP(host) !== 0) return fact('dns', host, 'info')
  const asked = await withDeadline(clock, DNS_MS, async () => {
    try {
      return (await lookup(host)).address
    } catch {
      return null
    }
  })
  const address = asked.ok ? asked.value : null
  return fact('dns', `${host} ${address ?? '—'}`, address === null ? 'bad' : 'good', address === null ? 'noDns' : null)
}

const REACH: Readonly<Record<Reach, readonly [Fact['tone'], string | null]>> = {
  ONLINE: ['good', null],
  CENTRE_DOWN: ['bad', 'centreAway'],
  NO_NETWORK: ['bad', 'noNetwork'],
}

/** Whether the centre answers, how fast, and what its sources say. */
export async function centreFacts({ centre, clock, enrolment, store, site }: Rooms): Promise<readonly Fact[]> {
  const started = clock.monotonic()
  const health = await centre.health()
  const ms = Math.round(clock.monotonic() - started)
  const reach = reachOf(health, new URL(site.centre.url).hostname, readNetworkSigns())
  const known = enrolment()
  const depth = mustRead(store, (view) => view.outbox.depth())
  return [
    fact('reach', reach, ...REACH[reach]),
    fact('centre', site.centre.url, health.ok ? 'good' : 'bad', health.ok ? null : 'centreAway'),
    ...(health.ok
      ? [
          fact('latency', `${ms} ms`, ms > 1_000 ? 'warning' : 'good'),
          ...health.value.sources.map(({ system, state }) =>
            fact('source', `${system} ${state}`, state === 'UP' ? 'good' : state === 'SLOW' ? 'warning' : 'bad'),
          ),
        ]
      : [fact('latency', health.error.code, 'bad')]),
    fact('enrolment', known?.kioskId ?? '—', known === null ? 'bad' : 'good', known === null ? 'notEnrolled' : null),
    fact('waiting', String(depth.pending), depth.pending > site.policy.maxOutboxRows / 2 ? 'warning' : 'good'),
    fact('parked', String(depth.parked), depth.parked === 0 ? 'good' : 'warning'),
  ]
}

/** Our clock against the centre's and against the time server's. */
export async function clockFacts({ centre, clock, site }: Rooms): Promise<readonly Fact[]> {
  const offset = centre.clockOffset
  const { ntpServer } = site.time
  const asked = ntpServer === undefined ? null : await askTime(ntpServer, clock)
  const drift = (ms: number, slackMs: number): Fact['tone'] =>
    Math.abs(ms) - slackMs > site.policy.maxClockSkewMs
      ? 'bad'
      : Math.abs(ms) - slackMs > GOOD_DRIFT_MS
        ? 'warning'
        : 'good'
  return [
    fact('now', formatChineseTime(clock.now()), 'info'),
    offset === null
      ? fact('offsetCentre', '—', 'unknown')
      : fact(
          'offsetCentre',
          `${offset.offsetMs} ± ${offset.uncertaintyMs} ms`,
          drift(offset.offsetMs, offset.uncertaintyMs),
        ),
    asked === null
      ? fact('ntp', '—', 'unknown', 'noNtp')
      : asked.ok
        ? fact(
            'ntp',
            `${Math.round(asked.value.offsetMs)} ± ${Math.round(asked.value.roundTripMs / 2)} ms (stratum ${asked.value.stratum})`,
            drift(asked.value.offsetMs, asked.value.roundTripMs / 2),
          )
        : fact('ntp', asked.error.code, 'bad', 'ntpAway'),
  ]
}

const SEEN = 'technician.signing-keys'
const SeenKeys = z.record(z.string(), z.number())

/** The kiosk's key, the centre's certificate, and the centre's signing keys with when this kiosk first saw each. */
export async function keyFacts({ device, centre, site, store, clock }: Rooms): Promise<readonly Fact[]> {
  const [certificate, published] = await Promise.all([certificateFact(site.centre, clock), centre.keys()])
  const seen = SeenKeys.catch({}).parse(mustRead(store, (view) => view.settings.get(SEEN)))
  const now = clock.now()
  const kids = published.ok ? published.value.keys.map(({ kid }) => kid) : []
  if (kids.some((kid) => seen[kid] === undefined)) {
    mustWrite(store, (tx) => tx.settings.set(SEEN, { ...Object.fromEntries(kids.map((kid) => [kid, now])), ...seen }))
  }
  const keys = kids.map((kid) =>
    fact('signingKey', `${kid.slice(0, 16)} · ${Math.floor((now - (seen[kid] ?? now)) / DAY_MS)} d`, 'good'),
  )
  return [
    fact('deviceKey', device.keyId, 'info'),
    certificate,
    ...(published.ok ? keys : [fact('signingKey', published.error.code, 'bad', 'centreAway')]),
  ]
}

/** Issuer and remaining days of the centre's certificate; http has none. */
export async function certificateFact(
  { url, caFile }: { readonly url: string; readonly caFile?: string | undefined },
  clock: Clock,
): Promise<Fact> {
  const place = new URL(url)
  if (place.protocol !== 'https:') return fact('certificate', 'http', 'warning', 'noTls')
  const host = place.hostname.replace(/^\[|\]$/g, '')
  const read = await certificateOf(host, Number(place.port === '' ? 443 : place.port), caFile, clock)
  if (!read.ok) return fact('certificate', read.error, 'bad', 'centreAway')
  const { issuer, daysLeft, trusted } = read.value
  const tone = !trusted || daysLeft < URGENT_DAYS ? 'bad' : daysLeft < RENEW_DAYS ? 'warning' : 'good'
  return fact('certificate', `${issuer} · ${daysLeft} d`, tone, tone === 'good' ? null : 'renewCertificate')
}

interface Certificate {
  readonly issuer: string
  readonly daysLeft: number
  readonly trusted: boolean
}

/** Looks at the certificate even where it cannot be trusted: to say why is the purpose. No byte of ours is sent. */
async function certificateOf(
  host: string,
  port: number,
  caFile: string | undefined,
  clock: Clock,
): Promise<Result<Certificate, string>> {
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }
  const looked = await withDeadline(
    clock,
    TLS_MS,
    (signal) =>
      new Promise<Result<Certificate, string>>((resolve) => {
        const name = isIP(host) === 0 ? { servername: host } : {}
        const socket = connect({ host, port, rejectUnauthorized: false, ...name, ...ca }, () => {
          const { issuer, valid_to: until } = socket.getPeerCertificate()
          const daysLeft = Math.floor((Date.parse(until) - clock.now()) / DAY_MS)
          const organisation = [issuer.O ?? issuer.CN ?? '—'].flat().join(' ')
          resolve(ok({ issuer: organisation, daysLeft, trusted: socket.authorized }))
          socket.destroy()
        })
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(err(error.code ?? 'TLS')))
        signal.addEventListener('abort', () => socket.destroy(), { once: true })
      }),
  )
  return looked.ok ? looked.value : err('TIMED_OUT')
}
