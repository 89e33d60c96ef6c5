/** Check digit of ISO/IEC 7064 MOD 11,10 over a text of digits (its example: 0794 has 5): finds every single wrong digit. */
export function mod1110(digits: string): string {
  let product = 10
  for (const digit of digits) {
    const sum = (product + Number(digit)) % 10
    product = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  return String((11 - product) % 10)
}
