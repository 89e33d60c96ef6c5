import { problemDocument, type Problem } from '../contract/problem.ts'
import { ROUTES, type ResponseOf, type RouteDefinition, type RouteName } from '../contract/routes.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { CentralError } from './central-error.ts'
import type { RawAnswer } from './http-voice.ts'

/** Turns bytes into the answer the contract promises, or into the reason why not. `now` is our wall clock. */
export function readAnswer<N extends RouteName>(
  name: N,
  answer: RawAnswer,
  now: number,
): Result<ResponseOf<N>, CentralError> {
  const json = parseJson(answer)
  if (answer.status >= 200 && answer.status < 300) return readSuccess(name, json)
  const problem = json.ok ? problemDocument.safeParse(json.value) : null
  if (problem?.success === true) return err(refusal(problem.data, now))
  if (answer.status >= 500) return err({ code: 'CENTRE_DOWN', status: answer.status })
  return err({ code: 'NONSENSE', detail: `status ${answer.status} without a problem document` })
}

function readSuccess<N extends RouteName>(name: N, json: Result<unknown, string>): Result<ResponseOf<N>, CentralError> {
  if (!json.ok) return err({ code: 'NONSENSE', detail: json.error })
  const route: RouteDefinition = ROUTES[name]
  const parsed = route.response.safeParse(json.value)
  // Only the path of what is wrong is kept: the value may be personal.
  if (!parsed.success)
    return err({ code: 'NONSENSE', detail: `${name}: ${parsed.error.issues[0]?.path.join('.') ?? ''}` })
  return ok(parsed.data as ResponseOf<N>)
}

function refusal(problem: Problem, now: number): CentralError {
  switch (problem.code) {
    case 'CLOCK_SKEW':
      return { code: 'CLOCK_SKEW', offsetMs: problem.serverTime - now }
    case 'UNKNOWN_KEY':
    case 'KEY_REVOKED':
      return { code: 'NOT_ENROLLED', reason: problem.code }
    case 'INTERNAL':
      return { code: 'CENTRE_DOWN', status: 500 }
    default:
      return { code: 'REFUSED', problem: onlyProblem(problem) }
  }
}

/** Without the envelope: `detail` is written by the other side and stays out of our records. */
function onlyProblem(problem: Problem): Problem {
  const envelope = new Set(['type', 'title', 'status', 'detail'])
  return Object.fromEntries(Object.entries(problem).filter(([name]) => !envelope.has(name))) as unknown as Problem
}

function parseJson(answer: RawAnswer): Result<unknown, string> {
  if (!/^application\/(problem\+)?json\b/.test(answer.contentType)) return err('content type')
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body)) as unknown)
  } catch {
    return err('not JSON')
  }
}
