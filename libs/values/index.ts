// Small values every part of the house agrees on. Browser-safe, no dependencies, no clock: instants and zones are passed in.
export { type Comparator, type LabValue, type LabValueOptions, parseLabValue } from './lab-value.ts';
export { compareDecimal, fromScaled, isDecimal, roundHalfUp, scaleOf, toScaled } from './decimal.ts';
export { type Age, ageInDays, ageLabel, bornOnFromAge, calendarDay, INDIA } from './age.ts';
export { dammDigit, isDammValid, isVerhoeffValid, verhoeffDigit } from './check-digit.ts';
export {
  accessionNumber,
  type AccessionParts,
  isAccession,
  isMrn,
  isUuid,
  looksLikeAadhaar,
  mrn,
  type MrnParts,
  normaliseMobile,
} from './identifiers.ts';
