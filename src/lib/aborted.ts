/** Asked anew after every wait: the compiler believes that a signal it has once seen open stays so. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}
