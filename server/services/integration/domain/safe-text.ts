// Texts on their way from the wire into the database and onto a screen.

const SYMBOLS = 0x2400;
const SYMBOL_DEL = '\u2421';

/** A text PostgreSQL can hold: no NUL, no half of a surrogate pair; cut to a length, blanks around it removed. */
export function safeText(text: string, maxLength: number): string {
  return text.replaceAll('\u0000', '').toWellFormed().trim().slice(0, maxLength).toWellFormed();
}

/**
 * Bytes as text for a person: control characters as their symbols, a line break after each CR and LF. UTF-8, or windows-1252
 * where the bytes are none.
 * @param maxLength longest text, characters; what is left out is counted
 */
export function printableText(bytes: Uint8Array, maxLength: number): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    text = new TextDecoder('windows-1252').decode(bytes);
  }
  const shown =
    text.length > maxLength ? `${text.slice(0, maxLength)}\n… ${text.length - maxLength} characters more` : text;
  return (
    shown
      .toWellFormed()
      // eslint-disable-next-line no-control-regex
      .replaceAll(/\r\n|\r|\n|[\u0000-\u001F]/gu, (signs) => {
        const symbols = [...signs].map((sign) => String.fromCodePoint(SYMBOLS + (sign.codePointAt(0) ?? 0))).join('');
        return signs.startsWith('\r') || signs === '\n' ? `${symbols}\n` : symbols;
      })
      .replaceAll('\u007F', SYMBOL_DEL)
  );
}
