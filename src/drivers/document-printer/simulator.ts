import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { OPERATIONS, STATUS } from '../ipp/client.ts'
import { decodeIpp } from '../ipp/decode.ts'
import { encodeIpp } from '../ipp/encode.ts'
import {
  attribute,
  enumerated,
  flag,
  flagOf,
  integer,
  numbersOf,
  textsOf,
  type IppAttribute,
  type IppGroup,
  type IppMessage,
} from '../ipp/value.ts'
import type { DocumentPrinterFaultScript } from './fault-script.ts'
import { SimulatedJobs, type SimulatedJob } from './simulated-jobs.ts'

/** A print server of this world with one queue: for the demo and for tests of what a real one cannot be made to do. */
export interface HostedDocumentPrinter {
  /** `127.0.0.1:PORT`: what the site file's `server` names. */
  readonly address: string
  readonly jobs: SimulatedJobs
  close(): Promise<void>
}

export interface DocumentPrinterSimulatorOptions {
  readonly queue: string
  readonly faults?: DocumentPrinterFaultScript
  /** How the queue reaches its printer: `ipp://…` makes "completed" the printer's own word. */
  readonly deviceUri?: string
  /** 0 chooses a free port. */
  readonly port?: number
}

const MAX_REQUEST_BYTES = 32 * 1024 * 1024
type Answer = Omit<IppMessage, 'version' | 'requestId' | 'data'>

export async function hostDocumentPrinter(options: DocumentPrinterSimulatorOptions): Promise<HostedDocumentPrinter> {
  const jobs = new SimulatedJobs(options.faults ?? {})
  const server = createServer((request, response) => {
    void serve(request, response, jobs, options).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    address: `127.0.0.1:${port}`,
    jobs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  jobs: SimulatedJobs,
  options: DocumentPrinterSimulatorOptions,
): Promise<void> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_REQUEST_BYTES) throw new Error('too long')
    chunks.push(chunk)
  }
  const asked = decodeIpp(new Uint8Array(Buffer.concat(chunks)))
  if (!asked.ok) {
    response.writeHead(400).end()
    return
  }
  const fault = asked.value.code === OPERATIONS.PRINT_JOB ? jobs.nextFault() : undefined
  const answer =
    fault?.kind === 'refused'
      ? refusal(fault.status, 'refused by the fault script')
      : obey(asked.value, jobs, options, fault)
  if (fault?.kind === 'no-reply') return
  const bytes = encodeIpp({ ...answer, version: [2, 0], requestId: asked.value.requestId, data: new Uint8Array(0) })
  response.writeHead(200, { 'content-type': 'application/ipp', 'content-length': bytes.length })
  if (fault?.kind !== 'hang-up') response.end(bytes)
  else response.write(bytes.subarray(0, fault.at), () => response.destroy())
}

function obey(
  asked: IppMessage,
  jobs: SimulatedJobs,
  options: DocumentPrinterSimulatorOptions,
  fault: SimulatedJob['fault'],
): Answer {
  const operation = asked.groups.find(({ kind }) => kind === 'operation')
  if (asked.code === OPERATIONS.CUPS_GET_PRINTERS)
    return success({ kind: 'printer', attributes: [attribute('printer-name', 'name', options.queue)] })
  const uri = textsOf(operation, 'printer-uri')[0] ?? ''
  if (!uri.endsWith(`/printers/${encodeURIComponent(options.queue)}`))
    return refusal(STATUS.NOT_FOUND, 'The printer or class does not exist.')
  if (asked.code === OPERATIONS.GET_PRINTER_ATTRIBUTES) return success(printerGroup(jobs, options))
  if (asked.code === OPERATIONS.PRINT_JOB) return success(jobGroup(jobs.add(newJob(asked, operation, fault))))
  if (asked.code === OPERATIONS.GET_JOBS)
    return success(...[...jobs.jobs.values()].filter(({ state }) => state < FIRST_END).map(jobGroup))
  return obeyForJob(asked.code, operation, jobs)
}

function obeyForJob(code: number, operation: IppGroup | undefined, jobs: SimulatedJobs): Answer {
  const job = jobs.jobs.get(numbersOf(operation, 'job-id')[0] ?? 0)
  if (job === undefined) return refusal(STATUS.NOT_FOUND, 'Job does not exist.')
  if (code === OPERATIONS.GET_JOB_ATTRIBUTES) {
    jobs.look(job)
    return success(jobGroup(job))
  }
  if (code === OPERATIONS.CANCEL_JOB)
    return jobs.cancel(job, flagOf(operation, 'purge-job') === true)
      ? success()
      : refusal(STATUS.NOT_POSSIBLE, 'Job is already completed.')
  return refusal(OPERATION_NOT_SUPPORTED, 'not supported')
}

const OPERATION_NOT_SUPPORTED = 0x0501
const FIRST_END = 7
const IDLE = 3
const STOPPED = 5

function newJob(
  asked: IppMessage,
  operation: IppGroup | undefined,
  fault: SimulatedJob['fault'],
): Parameters<SimulatedJobs['add']>[0] {
  const template = asked.groups.find(({ kind }) => kind === 'job')
  const media = template?.attributes.find(({ name }) => name === 'media-col')?.values[0]
  const tray =
    media?.kind === 'collection' ? textsOf({ kind: 'job', attributes: media.members }, 'media-source')[0] : undefined
  return {
    name: textsOf(operation, 'job-name')[0] ?? '',
    user: textsOf(operation, 'requesting-user-name')[0] ?? '',
    copies: numbersOf(template, 'copies')[0] ?? 1,
    tray,
    fault,
    pdf: asked.data.slice(),
  }
}

function printerGroup(jobs: SimulatedJobs, { queue, deviceUri }: DocumentPrinterSimulatorOptions): IppGroup {
  const reasons = jobs.reasons.length === 0 ? ['none'] : jobs.reasons
  const attributes: IppAttribute[] = [
    attribute('printer-name', 'name', queue),
    enumerated('printer-state', jobs.reasons.includes('paused') ? STOPPED : IDLE),
    attribute('printer-state-reasons', 'keyword', ...reasons),
    flag('printer-is-accepting-jobs', true),
    attribute('marker-names', 'name', 'Black Cartridge'),
    attribute('marker-types', 'keyword', 'toner'),
    integer('marker-levels', jobs.toner),
    attribute('device-uri', 'uri', deviceUri ?? 'ipp://simulated.invalid/ipp/print'),
  ]
  return { kind: 'printer', attributes }
}

function jobGroup(job: SimulatedJob): IppGroup {
  return {
    kind: 'job',
    attributes: [
      integer('job-id', job.id),
      attribute('job-name', 'name', job.name === '' ? 'untitled' : job.name),
      enumerated('job-state', job.state),
      integer('job-media-sheets-completed', job.sheets),
    ],
  }
}

function success(...groups: readonly IppGroup[]): Answer {
  return { code: STATUS.OK, groups: [OPERATION_GROUP, ...groups] }
}

function refusal(status: number, message: string): Answer {
  const why = attribute('status-message', 'text', message)
  return { code: status, groups: [{ kind: 'operation', attributes: [...OPERATION_GROUP.attributes, why] }] }
}

const OPERATION_GROUP: IppGroup = {
  kind: 'operation',
  attributes: [
    attribute('attributes-charset', 'charset', 'utf-8'),
    attribute('attributes-natural-language', 'language', 'en'),
  ],
}
