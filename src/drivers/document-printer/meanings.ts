import type { DeviceReport } from '../report.ts'
import type { DocumentPrinterState } from './status.ts'

type Meaning = Pick<DeviceReport, 'tone' | 'textKey' | 'remedy' | 'usable'>

const good = (word: string, remedy: string): Meaning => meaning('good', word, remedy)
const warning = (word: string, remedy: string): Meaning => meaning('warning', word, remedy)
const bad = (word: string, remedy: string): Meaning => meaning('bad', word, remedy)

function meaning(tone: Meaning['tone'], word: string, remedy: string): Meaning {
  return { tone, textKey: `device.documentPrinter.${word}`, remedy, usable: tone !== 'bad' }
}

/** Every state has words for people (text file) and a remedy for the technician. */
export const MEANINGS: Readonly<Record<DocumentPrinterState, Meaning>> = {
  READY: good('ready', 'Nothing to do.'),
  PAPER_LOW: warning('paperLow', 'Fill the tray with A4.'),
  TONER_LOW: warning('tonerLow', 'Bring a toner cartridge; 10 % or less is left.'),
  PAPER_OUT: bad('paperOut', 'Fill the tray with A4 and push it in until it stops.'),
  WRONG_TRAY: bad(
    'wrongTray',
    'Push the tray in; load A4 into the tray that the site file names, guides at the sheet.',
  ),
  PAPER_JAM: bad('paperJam', 'Open the cover, pull the sheet out in the direction of travel, close the cover.'),
  COVER_OPEN: bad('coverOpen', 'Close all covers and doors of the printer until they click.'),
  TONER_OUT: bad('tonerOut', 'Replace the toner cartridge; pull its seal off first.'),
  EXIT_BLOCKED: bad('exitBlocked', 'Take the sheets out of the exit; if it is the waste box, empty or replace it.'),
  PAUSED: bad('paused', 'The queue is stopped: `cupsenable` and `cupsaccept` it after finding out why it stopped.'),
  OFFLINE: bad('offline', 'Switch the printer on; check its cable or network; wake it by a key.'),
  FAULT: bad('fault', 'Read the message on the printer; switch it off for ten seconds and on again.'),
  DRIVER_MISSING: bad('driverMissing', 'A filter of the queue is missing: install the printer driver package anew.'),
  NO_QUEUE: bad('noQueue', 'The site file names a queue the print server does not have: `lpstat -v` lists them.'),
  NO_SERVER: bad('noServer', 'The print service does not run: `systemctl start cups`, then `systemctl status cups`.'),
  NO_ANSWER: bad('noAnswer', 'The print service does not answer: restart it (`systemctl restart cups`).'),
}
