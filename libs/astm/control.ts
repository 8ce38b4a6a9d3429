/** Control bytes of LIS01-A2 (ASTM E1381); the numbers are the ASCII codes. */
export const Control = {
  NUL: 0x00,
  SOH: 0x01,
  STX: 0x02,
  ETX: 0x03,
  EOT: 0x04,
  ENQ: 0x05,
  ACK: 0x06,
  LF: 0x0a,
  CR: 0x0d,
  DLE: 0x10,
  DC1: 0x11,
  DC4: 0x14,
  NAK: 0x15,
  SYN: 0x16,
  ETB: 0x17,
} as const;

/**
 * Tells whether a byte may not stand in the text of a frame.
 * LF is forbidden too but tolerated on receipt, so it is not listed; senders must check it themselves.
 * Source: LIS01-A2, restricted message text characters.
 */
export function isForbiddenInText(byte: number): boolean {
  return (byte >= Control.SOH && byte <= Control.ACK) || (byte >= Control.DLE && byte <= Control.ETB);
}
