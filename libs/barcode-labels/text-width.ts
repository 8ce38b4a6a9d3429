// How wide a text is printed, without asking the printer. Widths are an upper bound in hundredths of the font size (em):
// those of the bold face used in SVG and PDF, wider than a printer's condensed font 0, so a text cut here is never cut by
// the edge of the label. Counting characters or bytes would let WWWW run off and cut iiii too early.

// Src: advance widths of Noto Sans Bold, U+0020 to U+007E, rounded up to hundredths of an em.
// prettier-ignore
const ASCII_WIDTHS: readonly number[] = [
  26, 29, 48, 65, 58, 91, 75, 27, 34, 34, 55, 58, 29, 32, 29, 42, 58, 58, 58, 58, 58, 58, 58, 58,
  58, 58, 29, 29, 58, 58, 58, 48, 90, 70, 67, 65, 74, 56, 55, 73, 77, 39, 34, 67, 56, 95, 82, 80,
  63, 80, 66, 56, 58, 76, 65, 97, 67, 63, 58, 34, 42, 34, 58, 42, 37, 60, 64, 52, 64, 60, 39, 64,
  65, 30, 30, 62, 30, 98, 65, 63, 64, 64, 45, 51, 44, 65, 58, 86, 58, 58, 50, 40, 56, 40, 58,
];
const ELLIPSIS = '…';

// Trap: a line break or an escape character in a name would end a field or a printer command; an override of the
// writing direction would show another name than the one stored.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** The text on one line: control and direction characters and runs of blanks become one blank. */
export function onOneLine(text: string): string {
  return text.toWellFormed().replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
}

/** Upper bound of the printed width in em (multiples of the font size). */
export function widthInEm(text: string): number {
  let hundredths = 0;
  for (const cluster of clusters(text)) hundredths += clusterWidth(cluster);
  return hundredths / 100;
}

/** The text when it fits, else as many whole characters as fit and an ellipsis; never half a letter. */
export function cutToWidth(text: string, maxEm: number): string {
  if (widthInEm(text) <= maxEm) return text;
  let room = maxEm - widthInEm(ELLIPSIS);
  let kept = '';
  for (const cluster of clusters(text)) {
    room -= clusterWidth(cluster) / 100;
    if (room < 0) break;
    kept += cluster;
  }
  return kept.trimEnd() + ELLIPSIS;
}

/** As many names as fit, comma separated, and how many are left: 'CBC, LFT, +3'. The first is always shown, cut if need be. */
export function listToWidth(names: readonly string[], maxEm: number): string {
  for (let shown = names.length; shown >= 1; shown--) {
    const rest = names.length - shown;
    const text = [...names.slice(0, shown), ...(rest > 0 ? [`+${rest}`] : [])].join(', ');
    if (shown === 1 || widthInEm(text) <= maxEm) return cutToWidth(text, maxEm);
  }
  return '';
}

function clusters(text: string): string[] {
  return Array.from(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment);
}

function clusterWidth(cluster: string): number {
  const ascii = cluster.length === 1 ? ASCII_WIDTHS[cluster.charCodeAt(0) - 0x20] : undefined;
  if (ascii !== undefined) return ascii;
  if (cluster === ELLIPSIS) return 86;
  if (cluster === '·') return 29;
  // A conjunct such as क्षि is one cluster of several letters that may be drawn side by side; vowel signs take room too.
  const letters = cluster.match(/[\p{L}\p{N}]/gu)?.length ?? 1;
  const vowelSigns = cluster.match(/\p{Mc}/gu)?.length ?? 0;
  return letters * (cluster < '\u0180' ? 100 : 115) + vowelSigns * 50;
}
