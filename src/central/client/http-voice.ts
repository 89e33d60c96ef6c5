import http from 'node:http'
import https from 'node:https'
import axios, { AxiosError, type AxiosInstance } from 'axios'
import { MAX_BODY_BYTES, SERVER_TIME_HEADER } from '../contract/routes.ts'
import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { CentralError } from './central-error.ts'
import type { ClockOffset } from './clock-offset.ts'
import type { OutgoingRequest } from './request.ts'

/** An answer as bytes: nothing of it is believed yet. */
export interface RawAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
  /** Null when the answer did not tell the centre's time. */
  readonly clockSample: ClockOffset | null
}

/** HTTP with kept-alive connections, no redirects, no proxies, no decompression, and a cap on what it will hold. */
export class HttpVoice {
  private readonly agents: readonly [http.Agent, https.Agent]
  private readonly http: AxiosInstance
  private readonly clock: Clock

  constructor(baseUrl: string, clock: Clock, ca: string | undefined) {
    this.clock = clock
    this.agents = [
      new http.Agent({ keepAlive: true, maxSockets: 8 }),
      new https.Agent({ keepAlive: true, maxSockets: 8, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) }),
    ]
    this.http = axios.create({
      adapter: 'http',
      baseURL: baseUrl.replace(/\/$/, ''),
      httpAgent: this.agents[0],
      httpsAgent: this.agents[1],
      proxy: false,
      maxRedirects: 0,
      decompress: false,
      responseType: 'arraybuffer',
      maxContentLength: MAX_BODY_BYTES,
      maxBodyLength: MAX_BODY_BYTES,
      validateStatus: () => true,
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
    })
  }

  close(): void {
    for (const agent of this.agents) agent.destroy()
  }

  /** One exchange; `deadlineMs` covers connecting, sending and the last byte of the answer. */
  async exchange(request: OutgoingRequest, deadlineMs: number): Promise<Result<RawAnswer, CentralError>> {
    const sentAt = this.clock.monotonic()
    const outcome = await withDeadline(this.clock, deadlineMs, (signal) => this.send(request, signal))
    if (!outcome.ok) return err({ code: 'TIMED_OUT', afterMs: outcome.error.afterMs })
    if (!outcome.value.ok) return outcome.value
    const { status, headers, body } = outcome.value.value
    return ok({
      status,
      contentType: headers['content-type'] ?? '',
      body,
      clockSample: this.sample(headers[SERVER_TIME_HEADER], sentAt),
    })
  }

  private async send(request: OutgoingRequest, signal: AbortSignal): Promise<Result<Received, CentralError>> {
    try {
      const answer = await this.http.request<Buffer>({
        method: request.method,
        url: request.target,
        // Axios would call an empty POST a form: `false` forbids it to add the header.
        headers: request.body === null ? { ...request.headers, 'content-type': false } : request.headers,
        signal,
        ...(request.body === null ? {} : { data: request.body }),
      })
      return ok({ status: answer.status, headers: textHeaders(answer.headers), body: answer.data })
    } catch (error) {
      return err(transportError(error))
    }
  }

  private sample(serverTime: string | undefined, sentAt: number): ClockOffset | null {
    if (serverTime === undefined || !/^\d{1,15}$/.test(serverTime)) return null
    const takenAt = this.clock.monotonic()
    const half = (takenAt - sentAt) / 2
    return {
      offsetMs: Math.round(Number(serverTime) - (this.clock.now() - half)),
      uncertaintyMs: Math.ceil(half),
      centreMs: Math.round(Number(serverTime) + half),
      takenAt,
    }
  }
}

interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

function textHeaders(headers: object): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

/** Axios' errors hold the request with its headers and body: only their code leaves this function. */
function transportError(error: unknown): CentralError {
  if (!(error instanceof AxiosError)) throw error
  const code = error.code ?? 'UNKNOWN'
  if (code.startsWith('HPE_') || code === 'ERR_BAD_RESPONSE' || code === 'ERR_FR_MAX_CONTENT_LENGTH_EXCEEDED') {
    return { code: 'NONSENSE', detail: code }
  }
  return { code: 'UNREACHABLE', detail: code }
}
