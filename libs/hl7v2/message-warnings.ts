import { encodingOfLabel } from './charset.ts';
import type { Hl7Warning } from './hl7-error.ts';

/** What of a message is looked at; Hl7Message has it. */
export interface LookedAt {
  readonly charset: { readonly label: string; readonly isFallback: boolean };
  readonly delimiterFault: 'doubled' | 'unusable' | undefined;
  readonly layout: { readonly lineEnd: string; readonly hasLeadingText: boolean };
  readonly segments: readonly Named[];
}

interface Named {
  readonly name: string;
  readonly raw: string;
}

/** What an operator may want to know about a message that could be read all the same. */
export function findWarnings(message: LookedAt): readonly Hl7Warning[] {
  const warnings: Hl7Warning[] = [];
  const { charset, layout, segments } = message;
  if (charset.isFallback) {
    const said = charset.label === '' ? 'no charset named' : `labelled ${charset.label}`;
    warnings.push({
      code: 'charset.fallback',
      text: `Read as windows-1252: ${said}, but not valid.`,
      location: 'MSH-18',
    });
  }
  if (encodingOfLabel(charset.label) === undefined) {
    warnings.push({ code: 'charset.unknown', text: 'Unknown charset label, read as UTF-8.', location: 'MSH-18' });
  }
  if (message.delimiterFault !== undefined) {
    const isDoubled = message.delimiterFault === 'doubled';
    warnings.push({
      code: isDoubled ? 'delimiters.doubled' : 'delimiters.unusable',
      text: isDoubled
        ? 'MSH-2 writes the escape character twice; read as once.'
        : 'A sign of MSH-2 is a letter, a digit, a control character or stands twice; it delimits nothing here.',
      location: 'MSH-2',
    });
  }
  if (layout.hasLeadingText) {
    warnings.push({ code: 'message.leading_text', text: 'Text before the header was passed over.' });
  }
  if (layout.lineEnd === '\n') warnings.push({ code: 'segment.line_feed', text: 'Segments end in LF instead of CR.' });
  let badNames = 0;
  const seen = new Map<string, number>();
  for (const segment of segments) {
    // Such a line may be anything, a patient's name too: counted, not quoted.
    if (!/^[A-Z][A-Z0-9]{2}$/.test(segment.name)) {
      badNames += 1;
      continue;
    }
    const count = (seen.get(segment.name) ?? 0) + 1;
    seen.set(segment.name, count);
    if (segment.name === 'MSH' && count === 2) {
      warnings.push({
        code: 'message.second_header',
        text: 'A second MSH: split the payload first.',
        location: 'MSH[2]',
      });
    }
    if (layout.lineEnd === '\r' && /\n[A-Z][A-Z0-9]{2}[|^]/.test(segment.raw)) {
      const location = `${segment.name}[${String(count)}]`;
      warnings.push({
        code: 'segment.mixed_ends',
        text: 'LF inside a segment, followed by what looks like a segment.',
        location,
      });
    }
  }
  if (badNames > 0) {
    const text = `${String(badNames)} lines that do not begin with a segment name were kept unread.`;
    warnings.push({ code: 'segment.bad_name', text });
  }
  return warnings;
}
