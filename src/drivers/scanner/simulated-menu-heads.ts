import type { Say, SimulatedHead } from './simulated-family.ts'

const [SYN, CR, ACK, ENQ, NAK, ETX] = [0x16, 0x0d, 0x06, 0x05, 0x15, 0x03]
const concat = (...parts: readonly (string | number)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : Buffer.from(part, 'latin1'))))

/** Honeywell: the trigger is heard in manual mode only, one code per trigger; menu commands are repeated with a verdict. */
export class HoneywellHead implements SimulatedHead {
  lit = true
  /** 0 manual trigger, 3 presentation (lit always), as it is delivered. */
  private mode = '3'
  private heard: number[] = []
  private inMenu = false
  private readonly say: Say

  constructor(say: Say) {
    this.say = say
  }

  hear(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.heard.push(byte)
      const text = Buffer.from(this.heard).toString('latin1')
      if (this.inMenu ? byte === 0x21 || byte === 0x2e : byte === CR) {
        this.heard = []
        this.obey(text)
      } else if (this.heard.length === 1 && !this.inMenu && byte !== SYN) this.heard = []
    }
  }

  read(text: Uint8Array, suffix: Uint8Array): void {
    if (this.mode === '0') this.lit = false
    this.say('code', Buffer.concat([text, suffix]))
  }

  stop(): void {
    this.heard = []
  }

  private obey(text: string): void {
    if (this.inMenu) {
      this.inMenu = false
      this.menu(text)
      return
    }
    if (text === concatText(SYN, 'M', CR)) this.inMenu = true
    if (this.mode !== '0') return
    if (text === concatText(SYN, 'T', CR)) this.lit = true
    if (text === concatText(SYN, 'U', CR)) this.lit = false
  }

  private menu(text: string): void {
    const [command, end] = [text.slice(0, -1), text.slice(-1)]
    const verdict = (byte: number, value = ''): Uint8Array => concat(command.replace('?', ''), value, byte, end)
    const about = command.endsWith('?') ? 'probe' : 'set-up'
    if (!command.startsWith('TRGMOD')) this.say(about, verdict(ENQ))
    else if (command === 'TRGMOD?') this.say(about, verdict(ACK, this.mode), verdict(NAK))
    else if (!/^TRGMOD[03]$/.test(command)) this.say(about, verdict(NAK))
    else {
      this.mode = command.slice(-1)
      this.lit = this.mode !== '0'
      this.say(about, verdict(ACK), verdict(NAK))
    }
  }
}

function concatText(...parts: readonly (string | number)[]): string {
  return Buffer.from(concat(...parts)).toString('latin1')
}

const HEAD = concatText(0x7e, 0x01, '0000')

/** Newland, with the answers as far as they are known (unverified). */
export class NewlandHead implements SimulatedHead {
  lit = false
  private heard = ''
  private readonly say: Say

  constructor(say: Say) {
    this.say = say
  }

  hear(bytes: Uint8Array): void {
    this.heard = (this.heard + Buffer.from(bytes).toString('latin1')).slice(-512)
    for (let end = this.heard.indexOf(concatText(';', ETX)); end >= 0; end = this.heard.indexOf(concatText(';', ETX))) {
      const command = this.heard.slice(0, end)
      this.heard = this.heard.slice(end + 2)
      if (command.startsWith(HEAD)) this.obey(command.slice(HEAD.length))
    }
  }

  read(text: Uint8Array, suffix: Uint8Array): void {
    this.lit = false
    this.say('code', Buffer.concat([text, suffix]))
  }

  stop(): void {
    this.heard = ''
  }

  private obey(command: string): void {
    const verdict = (byte: number): Uint8Array => concat(0x02, 0x01, '0000', command, byte, ';', ETX)
    if (/^[@#]C11\*$/.test(command)) {
      this.say('probe', concat(0x02, 0x01, '0000', `${command[0]}C11ENA0,MIN4,MAX48`, ACK, ';', ETX))
      return
    }
    const [, on] = /^[@#]SCNTRG([01])$/.exec(command) ?? []
    if (on === undefined) this.say('set-up', verdict(command.slice(1, 7) === 'SCNTRG' ? NAK : ENQ))
    else {
      this.lit = on === '1'
      this.say(this.lit ? 'light-on' : 'light-off', verdict(ACK), verdict(NAK))
    }
  }
}
