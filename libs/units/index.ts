// Units of measure, by UCUM. Conversion is the work of @lhncbc/ucum-lhc; what a laboratory must not convert is refused here.
export { type Conversion, convert, isUcum, sameKind } from './convert.ts';
export { ucumOf } from './spellings.ts';
