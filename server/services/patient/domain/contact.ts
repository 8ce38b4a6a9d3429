// The fields a desk types an identity into: one form for mobiles, and no Aadhaar number in any of them (P7).
import { looksLikeAadhaar, normaliseMobile } from '@nidaan/values';

import { aadhaarRefused, badMobile } from '../contract.ts';

/** The digits of the scripts used in India, as ASCII; other characters as they are. */
function asciiDigits(text: string): string {
  return text.normalize('NFKC').replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    // Src: Unicode: the Indic blocks U+0900 to U+0D7F have their zero at 66 or E6 hex; Arabic-Indic at 0660 and 06F0.
    if (code >= 0x0900 && code <= 0x0d7f) return String((code & 0x7f) - 0x66);
    if (code >= 0x0660 && code <= 0x06f9) return String(code & 0x0f);
    return digit;
  });
}

/** Tells whether an Aadhaar number is written in the text, in any script and with any usual separator. */
export function holdsAadhaar(text: string): boolean {
  return looksLikeAadhaar(asciiDigits(text).replace(/(?<=\d)[\s\p{Pd}_/.·\p{Cf}]{1,3}(?=\d)/gu, ' '));
}

export interface ContactFields {
  readonly name: string;
  readonly mobile: string | null;
  readonly email: string | null;
  readonly address: string | null;
  readonly abhaAddress?: string | null;
}

/**
 * The fields as they are kept, the mobile as +91 and ten digits.
 * @throws patient.aadhaar_refused | patient.bad_mobile; the text itself is never repeated
 */
export function cleanContact<T extends ContactFields>(fields: T): T {
  for (const field of ['name', 'email', 'address', 'abhaAddress'] as const) {
    if (holdsAadhaar(fields[field] ?? '')) throw aadhaarRefused({ field });
  }
  if (fields.mobile === null || fields.mobile.trim() === '') return { ...fields, mobile: null };
  // A mobile first: twelve digits that begin with 91 and a mobile's first digit are a mobile in this field.
  const mobile = normaliseMobile(asciiDigits(fields.mobile).trim());
  if (mobile !== undefined) return { ...fields, mobile };
  throw holdsAadhaar(fields.mobile) ? aadhaarRefused({ field: 'mobile' }) : badMobile({});
}
