/** The kiosk process ended because it wanted a fresh start (night work, a changed site file): not a failure. */
export const PLANNED_RESTART = 75
