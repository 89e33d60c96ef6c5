/** 民族 (GB/T 3304), position = code − 1; 59–96 are not given out by the standard. */
const NAMES =
  '汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺'.split(
    ' ',
  )
const OTHERS: Readonly<Record<string, string | undefined>> = { '97': '其他', '98': '外国血统中国籍人士' }

/**
 * The name of a nation code as printed on the card, without 族. A code the standard lacks is returned as it is:
 * provinces add groups (穿青人, 革家人) before the table does, and a citizen is not turned away for it.
 */
export function ethnicityName(code: string): string {
  if (!/^\d{2}$/.test(code)) return code
  return NAMES[Number(code) - 1] ?? OTHERS[code] ?? code
}

/** The code of a name, for simulators and tests; what is not in the table stays as it is. */
export function ethnicityCode(name: string): string {
  const index = NAMES.indexOf(name)
  if (index >= 0) return String(index + 1).padStart(2, '0')
  return Object.keys(OTHERS).find((code) => OTHERS[code] === name) ?? name
}
