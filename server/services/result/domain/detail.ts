// What a culture, a narrative or an image says in one line, and what it lacks before a person may verify it. Pure.
import type { ResultDetail, ResultView } from '../contract.ts';

export type Culture = Extract<ResultDetail, { readonly kind: 'culture' }>;

const DETAILED = ['culture', 'narrative', 'image'] as const;

/** Kinds whose value is a summary of a detail; nobody types it. */
export function isDetailed(kind: ResultView['kind']): kind is ResultDetail['kind'] {
  return (DETAILED as readonly string[]).includes(kind);
}

/** More is to come: it may be signed as interim, and the order is not complete. */
export function isInterim(detail: ResultDetail | null): boolean {
  return detail?.kind === 'culture' && detail.stage === 'preliminary';
}

const PRELIMINARY = 'Preliminary: ';
const NOT_ASSESSED = 'not yet assessed';

/** The line that stands for it in lists, and in the trail. Never empty. */
export function summaryOf(detail: ResultDetail): string {
  switch (detail.kind) {
    case 'culture':
      return cultureLine(detail);
    case 'narrative':
      return oneLine(detail.impression) || 'Impression pending';
    case 'image': {
      const count = detail.fileIds.length;
      return oneLine(detail.caption) || (count === 1 ? '1 image' : `${count} images`);
    }
    default:
      return detail satisfies never;
  }
}

function cultureLine(culture: Culture): string {
  const line = growthLine(culture);
  if (culture.stage === 'final') return line;
  const hours =
    culture.growth === 'none' && culture.incubationHours !== null ? ` after ${culture.incubationHours} h` : '';
  return `${PRELIMINARY}${line.charAt(0).toLowerCase()}${line.slice(1)}${hours}`;
}

function growthLine({ growth, isolates, colonyCount }: Culture): string {
  const named = isolates.map(({ organism, quantity }) => {
    const amount = quantity ?? (isolates.length === 1 ? colonyCount : null);
    return oneLine(`${organism} ${amount ?? ''}`);
  });
  const what = named.length > 0 ? `: ${named.join('; ')}` : '';
  switch (growth) {
    case 'pending':
      return NOT_ASSESSED;
    case 'none':
      return 'No growth';
    case 'growth':
      return named.length > 0 ? `Growth${what}` : oneLine(`Growth ${colonyCount ?? ''}`);
    case 'mixed':
      return `Mixed growth${what}`;
    default:
      return growth satisfies never;
  }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/**
 * The part of a culture's line that is compared with the expected text, so that "Preliminary: no growth after 24 h" is the
 * "No growth" a range expects. Null when nothing was found out yet.
 */
export function growthTold(line: string): string | null {
  const told = line.replace(/^preliminary: /i, '').replace(/ after \d+ h$/, '');
  return told === NOT_ASSESSED ? null : told;
}

/** What a culture's line says of growth: the line is judged again when a patient is corrected, without the findings. */
export function growthOf(line: string): Culture['growth'] | null {
  const told = growthTold(line)?.toLowerCase() ?? 'pending';
  if (told === 'pending') return 'pending';
  if (told.startsWith('no growth')) return 'none';
  if (told.startsWith('mixed growth')) return 'mixed';
  return told.startsWith('growth') ? 'growth' : null;
}

/** What must be there before it may be verified, in the reader's words; empty when it may. */
export function missingOf(kind: ResultDetail['kind'], detail: ResultDetail | null): readonly string[] {
  if (detail?.kind !== kind)
    return [kind === 'culture' ? 'findings of the culture' : kind === 'image' ? 'image' : 'findings'];
  if (detail.kind !== 'narrative') return [];
  return [
    ...(detail.sections.every(({ text }) => text.trim() === '') ? ['a section with text'] : []),
    ...(detail.impression.trim() === '' ? ['impression'] : []),
  ];
}
