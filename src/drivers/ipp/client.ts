import type { Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { exchange, type ExchangeFault } from './exchange.ts'
import type { IppServer } from './server.ts'
import {
  attribute,
  collection,
  flag,
  integer,
  numbersOf,
  textsOf,
  type IppAttribute,
  type IppGroup,
  type IppMessage,
} from './value.ts'

/** Operations (RFC 8011 section 5.4.15; `CUPS_GET_PRINTERS` and `purge-job` are extensions of CUPS). */
export const OPERATIONS = {
  PRINT_JOB: 0x0002,
  CANCEL_JOB: 0x0008,
  GET_JOB_ATTRIBUTES: 0x0009,
  GET_JOBS: 0x000a,
  GET_PRINTER_ATTRIBUTES: 0x000b,
  CUPS_GET_PRINTERS: 0x4002,
} as const

/** Status codes that mean something of their own here (RFC 8011 appendix B). */
export const STATUS = {
  OK: 0x0000,
  NOT_POSSIBLE: 0x0404,
  NOT_FOUND: 0x0406,
  NOT_ACCEPTING_JOBS: 0x0506,
} as const
/** 0x0000 to 0x00ff are successes, with or without remarks. */
const FIRST_FAILURE = 0x0100

export type IppFault = ExchangeFault | { readonly code: 'REFUSED'; readonly status: number; readonly detail: string }

export interface PrintRequest {
  /** Name of the job in the queue. Never personal: it stands in the server's log. */
  readonly jobName: string
  readonly document: Uint8Array
  readonly documentFormat: string
  readonly copies: number
  /** `media-source` of the tray (PWG 5101.1: `tray-1`, `main`, `manual`), or the queue's default. */
  readonly tray?: string | undefined
  /** Width and height of the sheet in hundredths of a millimetre. */
  readonly sheet: readonly [width: number, height: number]
}

export interface IppClientOptions {
  readonly server: IppServer
  readonly clock: Clock
  /** Whom the jobs belong to in the queue. */
  readonly userName: string
  /** Time for one exchange, milliseconds. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 5_000

/** Speaks IPP 2.0 with a print server, or with a printer that is its own. Each verb is one bounded exchange. */
export class IppClient {
  private readonly options: IppClientOptions
  private lastId = 0

  constructor(options: IppClientOptions) {
    this.options = options
  }

  /** Names of the server's queues. */
  async queues(signal?: AbortSignal): Promise<Result<readonly string[], IppFault>> {
    const wanted = attribute('requested-attributes', 'keyword', 'printer-name')
    const answer = await this.ask('/', OPERATIONS.CUPS_GET_PRINTERS, [wanted], { signal })
    // CUPS says "not found" when it has no queue at all.
    if (!answer.ok && answer.error.code === 'REFUSED' && answer.error.status === STATUS.NOT_FOUND) return ok([])
    if (!answer.ok) return answer
    return ok(groupsOf(answer.value, 'printer').flatMap((group) => textsOf(group, 'printer-name')))
  }

  /** What the queue says of itself and its printer. */
  async printer(queue: string, names: readonly string[], signal?: AbortSignal): Promise<Result<IppGroup, IppFault>> {
    const wanted = attribute('requested-attributes', 'keyword', ...names)
    const answer = await this.ask(path(queue), OPERATIONS.GET_PRINTER_ATTRIBUTES, [this.uri(queue), wanted], { signal })
    return answer.ok ? ok(groupsOf(answer.value, 'printer')[0] ?? { kind: 'printer', attributes: [] }) : answer
  }

  /** Hands a document over; the answer is the number of the job in the queue. */
  async print(queue: string, job: PrintRequest): Promise<Result<number, IppFault>> {
    const operation = [
      this.uri(queue),
      this.user(),
      attribute('job-name', 'name', job.jobName),
      attribute('document-format', 'mime-type', job.documentFormat),
    ]
    const template = [integer('copies', job.copies), attribute('sides', 'keyword', 'one-sided'), mediaOf(job)]
    const groups: IppGroup[] = [{ kind: 'job', attributes: template }]
    const answer = await this.ask(path(queue), OPERATIONS.PRINT_JOB, operation, { groups, data: job.document })
    if (!answer.ok) return answer
    const [id] = numbersOf(groupsOf(answer.value, 'job')[0], 'job-id')
    return id === undefined ? err({ code: 'BAD_ANSWER', detail: 'the job has no number' }) : ok(id)
  }

  async job(queue: string, jobId: number, names: readonly string[]): Promise<Result<IppGroup, IppFault>> {
    const wanted = attribute('requested-attributes', 'keyword', ...names)
    const operation = [this.uri(queue), integer('job-id', jobId), this.user(), wanted]
    const answer = await this.ask(path(queue), OPERATIONS.GET_JOB_ATTRIBUTES, operation, {})
    return answer.ok ? ok(groupsOf(answer.value, 'job')[0] ?? { kind: 'job', attributes: [] }) : answer
  }

  /** Numbers and names of our own jobs that are not finished, oldest first. */
  async unfinishedJobs(queue: string): Promise<Result<readonly { id: number; name: string }[], IppFault>> {
    const operation = [
      this.uri(queue),
      this.user(),
      attribute('which-jobs', 'keyword', 'not-completed'),
      flag('my-jobs', true),
      attribute('requested-attributes', 'keyword', 'job-id', 'job-name'),
    ]
    const answer = await this.ask(path(queue), OPERATIONS.GET_JOBS, operation, {})
    if (!answer.ok) return answer
    return ok(
      groupsOf(answer.value, 'job').flatMap((group) => {
        const [id] = numbersOf(group, 'job-id')
        return id === undefined ? [] : [{ id, name: textsOf(group, 'job-name')[0] ?? '' }]
      }),
    )
  }

  /** Takes a job out of the queue; `purge` also makes the server forget it and its document (CUPS). */
  async cancel(queue: string, jobId: number, { purge }: { purge: boolean }): Promise<Result<void, IppFault>> {
    const operation = [this.uri(queue), integer('job-id', jobId), this.user()]
    if (purge) operation.push(flag('purge-job', true))
    const answer = await this.ask(path(queue), OPERATIONS.CANCEL_JOB, operation, {})
    return answer.ok ? ok() : answer
  }

  private uri(queue: string): IppAttribute {
    return attribute('printer-uri', 'uri', `ipp://localhost${path(queue)}`)
  }

  private user(): IppAttribute {
    return attribute('requesting-user-name', 'name', this.options.userName)
  }

  private async ask(
    at: string,
    code: number,
    operation: readonly IppAttribute[],
    {
      signal,
      groups = [],
      data = NOTHING,
    }: { signal?: AbortSignal | undefined; groups?: IppGroup[]; data?: Uint8Array },
  ): Promise<Result<IppMessage, IppFault>> {
    const { server, clock, timeoutMs = TIMEOUT_MS } = this.options
    this.lastId = (this.lastId % 0x7fff_ffff) + 1
    const message: IppMessage = {
      version: [2, 0],
      code,
      requestId: this.lastId,
      groups: [{ kind: 'operation', attributes: [...PREAMBLE, ...operation] }, ...groups],
      data,
    }
    const answer = await exchange(message, { server, path: at, clock, timeoutMs, signal })
    if (!answer.ok) return answer
    const status = answer.value.code
    if (status < FIRST_FAILURE) return answer
    const [why] = textsOf(groupsOf(answer.value, 'operation')[0], 'status-message')
    return err({ code: 'REFUSED', status, detail: why ?? `status 0x${status.toString(16).padStart(4, '0')}` })
  }
}

/** Every request begins with these two, in this order (RFC 8011 section 4.1.4). */
const PREAMBLE: readonly IppAttribute[] = [
  attribute('attributes-charset', 'charset', 'utf-8'),
  attribute('attributes-natural-language', 'language', 'zh-cn'),
]
const NOTHING = new Uint8Array(0)

function mediaOf({ sheet: [width, height], tray }: PrintRequest): IppAttribute {
  const size = collection('media-size', integer('x-dimension', width), integer('y-dimension', height))
  return tray === undefined
    ? collection('media-col', size)
    : collection('media-col', size, attribute('media-source', 'keyword', tray))
}

function path(queue: string): string {
  return `/printers/${encodeURIComponent(queue)}`
}

function groupsOf(message: IppMessage, kind: IppGroup['kind']): readonly IppGroup[] {
  return message.groups.filter((group) => group.kind === kind)
}
