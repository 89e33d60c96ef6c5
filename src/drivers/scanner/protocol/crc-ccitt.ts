const POLYNOMIAL = 0x1021

/** CRC-CCITT as GM65 modules use it: polynomial 1021, initial value 0, most significant bit first, nothing inverted. */
export function crcCcitt(bytes: Iterable<number>): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ POLYNOMIAL) & 0xffff : (crc << 1) & 0xffff
  }
  return crc
}
