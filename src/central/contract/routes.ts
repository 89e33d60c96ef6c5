import { z } from 'zod'
import {
  authorizationGrant,
  authorizationRequest,
  endorsement,
  printResultReceipt,
  printResultReport,
  withdrawalRequest,
  reauthorizationRequest,
} from './endorsement.ts'
import { challengeId, endorsementNo, identificationId, reviewId } from './fields.ts'
import {
  faceVerificationRequest,
  identification,
  identificationRequest,
  smsChallenge,
  smsCodeRequest,
  smsVerificationRequest,
  verification,
} from './identification.ts'
import { review, reviewRequest } from './review.ts'
import {
  enrolment,
  enrolmentRequest,
  eventReport,
  health,
  keyRotation,
  keyRotationRequest,
  publishedKeys,
  ratingRequest,
  receipt,
} from './station.ts'
import { publicVehicle, publicVehicleQuery, vehicleList } from './vehicle.ts'

/** `OPEN`: anybody. `NEW_KEY`: signed with the key in the body. `DEVICE_KEY`: signed with an enrolled key. */
type RouteAccess = 'OPEN' | 'NEW_KEY' | 'DEVICE_KEY'

export interface RouteDefinition {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `{name}` stands for a parameter of `params`. */
  readonly path: `/v1/${string}`
  readonly summary: string
  readonly access: RouteAccess
  /** The call creates something that must not exist twice: an Idempotency-Key header is required and signed. */
  readonly idempotencyKey: boolean
  readonly params: z.ZodType | null
  readonly query: z.ZodType | null
  readonly body: z.ZodType | null
  readonly response: z.ZodType
}

const route = <const R extends RouteDefinition>(definition: R): R => definition

const ofIdentification = z.strictObject({ identificationId })
const ofReview = z.strictObject({ reviewId })
const ofEndorsement = z.strictObject({ endorsementNo })
const ofChallenge = z.strictObject({ identificationId, challengeId })

const plain = { access: 'DEVICE_KEY', idempotencyKey: false, params: null, query: null, body: null } as const

/** Every call between kiosk and centre. Client, server and the OpenAPI document are made from this table. */
export const ROUTES = {
  health: route({
    ...plain,
    method: 'GET',
    path: '/v1/health',
    summary: 'Time of the centre and state of its data sources',
    access: 'OPEN',
    response: health,
  }),
  keys: route({
    ...plain,
    method: 'GET',
    path: '/v1/keys',
    summary: 'Public keys that sign authorizations, and how each was introduced by the one before',
    access: 'OPEN',
    response: publishedKeys,
  }),
  enrol: route({
    ...plain,
    method: 'POST',
    path: '/v1/enrolments',
    summary: 'Register a kiosk with a one-time code',
    access: 'NEW_KEY',
    body: enrolmentRequest,
    response: enrolment,
  }),
  standing: route({
    ...plain,
    method: 'GET',
    path: '/v1/enrolments/mine',
    summary: 'Who the signing key is to the centre; refused when it was revoked',
    response: enrolment,
  }),
  rotateKey: route({
    ...plain,
    method: 'POST',
    path: '/v1/device-keys',
    summary:
      'Give the kiosk a new key: signed with the present one, proved with the new one; asking again is asking once',
    body: keyRotationRequest,
    response: keyRotation,
  }),
  identify: route({
    ...plain,
    method: 'POST',
    path: '/v1/identifications',
    summary: 'Bind the person whose card was read to this kiosk and visit',
    body: identificationRequest,
    response: identification,
  }),
  endIdentification: route({
    ...plain,
    method: 'DELETE',
    path: '/v1/identifications/{identificationId}',
    summary: 'The visit is over: forget the person',
    params: ofIdentification,
    response: receipt,
  }),
  verifyFace: route({
    ...plain,
    method: 'POST',
    path: '/v1/identifications/{identificationId}/face-verification',
    summary: 'Report the result of the comparison made in the kiosk',
    params: ofIdentification,
    body: faceVerificationRequest,
    response: verification,
  }),
  sendSmsCode: route({
    ...plain,
    method: 'POST',
    path: '/v1/identifications/{identificationId}/sms-codes',
    summary: 'The way without a face: certificate number or check code, then a code by SMS',
    params: ofIdentification,
    body: smsCodeRequest,
    response: smsChallenge,
  }),
  verifySmsCode: route({
    ...plain,
    method: 'POST',
    path: '/v1/identifications/{identificationId}/sms-codes/{challengeId}/verification',
    summary: 'Give back the code received by SMS',
    params: ofChallenge,
    body: smsVerificationRequest,
    response: verification,
  }),
  vehicles: route({
    ...plain,
    method: 'GET',
    path: '/v1/identifications/{identificationId}/vehicles',
    summary: 'Vehicles the verified person may act for',
    params: ofIdentification,
    response: vehicleList,
  }),
  publicVehicle: route({
    ...plain,
    method: 'GET',
    path: '/v1/public/vehicles',
    summary: 'Public status of any vehicle; 10 questions a minute',
    query: publicVehicleQuery,
    response: publicVehicle,
  }),
  openReview: route({
    ...plain,
    method: 'POST',
    path: '/v1/identifications/{identificationId}/reviews',
    summary: 'Check R01-R18 for one vehicle, now',
    params: ofIdentification,
    body: reviewRequest,
    response: review,
  }),
  review: route({
    ...plain,
    method: 'GET',
    path: '/v1/reviews/{reviewId}',
    summary: 'Check again; also how a submission is followed',
    params: ofReview,
    response: review,
  }),
  submitReview: route({
    ...plain,
    method: 'POST',
    path: '/v1/reviews/{reviewId}/submissions',
    summary: 'Apply for the review; submitting twice is submitting once',
    params: ofReview,
    response: review,
  }),
  authorize: route({
    ...plain,
    method: 'POST',
    path: '/v1/reviews/{reviewId}/authorizations',
    summary: 'Ask for the one authorization to print this endorsement',
    idempotencyKey: true,
    params: ofReview,
    body: authorizationRequest,
    response: authorizationGrant,
  }),
  reauthorize: route({
    ...plain,
    method: 'POST',
    path: '/v1/endorsements/{endorsementNo}/reauthorizations',
    summary: 'After a reported failure: the same number, one attempt more',
    idempotencyKey: true,
    params: ofEndorsement,
    body: reauthorizationRequest,
    response: authorizationGrant,
  }),
  withdraw: route({
    ...plain,
    method: 'POST',
    path: '/v1/authorization-withdrawals',
    summary: 'Take back an authorization request that was never answered',
    body: withdrawalRequest,
    response: receipt,
  }),
  reportPrint: route({
    ...plain,
    method: 'POST',
    path: '/v1/endorsements/{endorsementNo}/print-results',
    summary: 'What happened on paper; the same report again is a success',
    params: ofEndorsement,
    body: printResultReport,
    response: printResultReceipt,
  }),
  endorsement: route({
    ...plain,
    method: 'GET',
    path: '/v1/endorsements/{endorsementNo}',
    summary: "The centre's record of one endorsement",
    params: ofEndorsement,
    response: endorsement,
  }),
  rate: route({
    ...plain,
    method: 'POST',
    path: '/v1/ratings',
    summary: 'Satisfaction with a visit; one per visit',
    body: ratingRequest,
    response: receipt,
  }),
  reportEvent: route({
    ...plain,
    method: 'POST',
    path: '/v1/events',
    summary: 'An alarm of the kiosk',
    body: eventReport,
    response: receipt,
  }),
} as const

export type RouteName = keyof typeof ROUTES
type Part<N extends RouteName, K extends 'params' | 'query' | 'body' | 'response'> =
  (typeof ROUTES)[N][K] extends z.ZodType<infer T> ? T : undefined
export type ParamsOf<N extends RouteName> = Part<N, 'params'>
export type QueryOf<N extends RouteName> = Part<N, 'query'>
export type BodyOf<N extends RouteName> = Part<N, 'body'>
export type ResponseOf<N extends RouteName> = Part<N, 'response'>

/** Header of every answer of the centre: its time in milliseconds since the epoch. */
export const SERVER_TIME_HEADER = 'kiosk-server-time'
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key'
/** `{kioskId}:{visitId}:{reviewId}` fits; so does any other opaque text of this form. */
export const idempotencyKey = z.string().regex(/^[A-Za-z0-9:_-]{8,200}$/)
/** A request's signature may be this far from the centre's time (scenario 36). */
export const ALLOWED_SKEW_MS = 120_000
/** No message of this protocol is larger, either way; the portrait is the largest part. */
export const MAX_BODY_BYTES = 512 * 1024
