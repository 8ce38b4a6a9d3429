// What a draft may hold: whatever the screen keeps, in bounds, and no Aadhaar number anywhere in it (P7).
import { looksLikeAadhaar, normaliseMobile } from '@nidaan/values';

export const MAX_DRAFT_BYTES = 16_384;
export const MAX_DRAFTS = 50;
export const DRAFT_DAYS = 30;

/**
 * The name of the first field whose text, or whose own name, looks like an Aadhaar number; undefined when none does. A mobile
 * number with 91 in front has twelve digits too and is let pass.
 */
export function aadhaarField(content: Readonly<Record<string, unknown>>): string | undefined {
  const open: [field: string, value: unknown][] = Object.entries(content);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [field, value] = next;
    if (looksLikeAadhaar(field)) return 'of that name';
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      if (normaliseMobile(text) === undefined && looksLikeAadhaar(text)) return field;
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) open.push([Array.isArray(value) ? field : name, inner]);
    }
  }
  return undefined;
}
