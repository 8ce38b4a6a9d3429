// Takes out of a text what could print something else than what is stored; widths are the template's business.

// Trap: an override of the writing direction (U+202E) prints a value backwards, 12 as 21; the text stored is the same.
const UNPRINTABLE = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A copy of plain JSON data with every text made printable. */
export function printable(value: unknown): unknown {
  if (typeof value === 'string') return printableText(value);
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, printable(member)]));
}

/** The text without control and direction characters; line breaks are kept, tabs are blanks. */
export function printableText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replaceAll('\t', ' ')
    .replace(UNPRINTABLE, '');
}
