import type { AuthorizationClaims, PrintResultReport } from '../../../src/central/contract/endorsement.ts'

/** What the centre has acknowledged to anybody: all of it must still be there at the end. */
export class Memory {
  readonly grants = new Map<string, Granted>()
  readonly reports: AcknowledgedReport[] = []
  readonly withdrawals: { readonly kioskId: string; readonly key: string }[] = []
  readonly violations: string[] = []

  /** The same key must always give the same authorization. */
  granted(kioskId: string, key: string, claims: AuthorizationClaims): void {
    const name = `${kioskId} ${key}`
    const known = this.grants.get(name)
    this.grants.set(name, { kioskId, key, claims })
    if (known !== undefined && known.claims.jti !== claims.jti)
      this.violations.push(`${key}: two authorizations for one key, ${known.claims.jti} and ${claims.jti}`)
  }
}

export interface Granted {
  readonly kioskId: string
  readonly key: string
  readonly claims: AuthorizationClaims
}

export interface AcknowledgedReport extends Pick<PrintResultReport, 'authorizationId' | 'result'> {
  readonly endorsementNo: string
  readonly reviewId: string
}
