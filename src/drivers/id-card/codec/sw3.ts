/**
 * Status codes (SW3) of the module. Two published texts of the protocol and one library agree on the table;
 * 23 is in one of them only.
 */
export const SW3 = {
  0x90: { chinese: '操作成功', meaning: 'done', outcome: 'OK' },
  0x9f: { chinese: '寻找证/卡成功', meaning: 'a card was found', outcome: 'OK' },
  0x10: {
    chinese: '接收业务终端数据的校验和错误',
    meaning: 'the reader received a wrong checksum',
    outcome: 'CABLE_FAULT',
  },
  0x11: {
    chinese: '接收业务终端数据的长度错误',
    meaning: 'the reader received a wrong length',
    outcome: 'CABLE_FAULT',
  },
  0x21: {
    chinese: '接收业务终端的命令错误',
    meaning: 'the reader does not know the command',
    outcome: 'COMMAND_REFUSED',
  },
  0x23: { chinese: '越权操作', meaning: 'the reader does not allow the command now', outcome: 'COMMAND_REFUSED' },
  0x24: { chinese: '无法识别的错误', meaning: 'the reader met an error it cannot name', outcome: 'READER_CONFUSED' },
  0x31: {
    chinese: '证/卡认证 SAM 失败',
    meaning: 'the card does not accept the reader',
    outcome: 'CARD_REJECTS_READER',
  },
  0x32: { chinese: 'SAM 认证证/卡失败', meaning: 'the reader does not accept the card', outcome: 'CARD_NOT_GENUINE' },
  0x33: { chinese: '信息验证错误', meaning: 'the signature over the data is wrong', outcome: 'CARD_NOT_VERIFIED' },
  0x40: { chinese: '无法识别的卡类型', meaning: 'the card is not an ID card', outcome: 'NOT_AN_ID_CARD' },
  0x41: { chinese: '读证/卡操作失败', meaning: 'reading the card failed', outcome: 'READ_FAILED' },
  0x47: { chinese: '取随机数失败', meaning: 'the reader got no random number', outcome: 'READER_CONFUSED' },
  0x60: {
    chinese: 'SAM 自检失败，不能接收命令',
    meaning: 'the security module failed its self-test',
    outcome: 'OUT_OF_SERVICE',
  },
  0x66: {
    chinese: 'SAM 没经过授权，无法使用',
    meaning: 'the security module is not authorised',
    outcome: 'OUT_OF_SERVICE',
  },
  0x80: { chinese: '寻找证/卡失败', meaning: 'there is no card', outcome: 'NO_CARD' },
  0x81: { chinese: '选取证/卡失败', meaning: 'selecting the card failed', outcome: 'SELECT_FAILED' },
  0x91: { chinese: '证/卡中此项无内容', meaning: 'the card does not hold this item', outcome: 'ITEM_ABSENT' },
} as const

type Sw3 = keyof typeof SW3
/** What a status means to the kiosk. `UNKNOWN_STATUS` is a code outside the table. */
export type Sw3Outcome = (typeof SW3)[Sw3]['outcome'] | 'UNKNOWN_STATUS'
export type Sw3Failure = Exclude<Sw3Outcome, 'OK'>

/** Looks a status byte up; codes the table lacks are named with their number, never rejected. */
export function describeSw3(code: number): { readonly outcome: Sw3Outcome; readonly meaning: string } {
  if (isSw3(code)) return SW3[code]
  return { outcome: 'UNKNOWN_STATUS', meaning: `the reader gave the unknown status ${sw3Hex(code)}` }
}

/** Two upper-case hexadecimal digits: `41`, `9F`. */
export function sw3Hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, '0')
}

function isSw3(code: number): code is Sw3 {
  return code in SW3
}
