/** What a UPS measured, whatever language it said it in. `null`: it does not know, or did not say. */
export interface UpsReading {
  /** Mains, volts. */
  readonly inputVolts: number | null
  readonly outputVolts: number | null
  /** Of the rated power, 0 to 100; above it is overloaded. */
  readonly loadPercent: number | null
  readonly frequencyHz: number | null
  readonly battery: BatteryVoltage | null
  readonly temperatureC: number | null
  /** Said by NUT only; Megatec has no such fields. */
  readonly chargePercent: number | null
  readonly runtimeSeconds: number | null
  readonly flags: UpsFlags
}

/** Small units say volts of the whole battery (`27.0`), larger ones volts of one cell (`2.05`). */
export interface BatteryVoltage {
  readonly volts: number
  readonly per: 'battery' | 'cell'
}

export interface UpsFlags {
  readonly utilityFail: boolean
  readonly batteryLow: boolean
  /** Load hangs on the mains directly: a power cut would be felt. */
  readonly bypass: boolean
  readonly failed: boolean
  readonly testing: boolean
  readonly shuttingDown: boolean
  readonly overloaded: boolean
  readonly replaceBattery: boolean
}

export const CALM: UpsFlags = {
  utilityFail: false,
  batteryLow: false,
  bypass: false,
  failed: false,
  testing: false,
  shuttingDown: false,
  overloaded: false,
  replaceBattery: false,
}
