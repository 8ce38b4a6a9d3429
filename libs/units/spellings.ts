// How reports and analyzers write units, and the UCUM unit meant. Only spellings that can mean one thing.
import { isUcum } from './convert.ts';

/** Without blanks, lower case. An Indian lakh is 10^5, cumm (cubic millimetre) is the microlitre. */
const MEANT: Readonly<Record<string, string>> = {
  '%': '%',
  'gm/dl': 'g/dL',
  'gms/dl': 'g/dL',
  'gm%': 'g/dL',
  'g%': 'g/dL',
  'mg%': 'mg/dL',
  'lakh/ul': '10*5/uL',
  'lakhs/ul': '10*5/uL',
  'lakh/cumm': '10*5/uL',
  'lakhs/cumm': '10*5/uL',
  'lac/cumm': '10*5/uL',
  'lacs/cumm': '10*5/uL',
  '/cumm': '/uL',
  'cells/cumm': '/uL',
  'cells/ul': '/uL',
  '/mm3': '/uL',
  'million/cumm': '10*6/uL',
  'millions/cumm': '10*6/uL',
  'mill/cumm': '10*6/uL',
  'million/ul': '10*6/uL',
  'thousand/ul': '10*3/uL',
  'thou/ul': '10*3/uL',
  'k/ul': '10*3/uL',
  'm/ul': '10*6/uL',
  '10^3/ul': '10*3/uL',
  '10^6/ul': '10*6/uL',
  '10^9/l': '10*9/L',
  '10^12/l': '10*12/L',
  'x10^3/ul': '10*3/uL',
  'x10^6/ul': '10*6/uL',
  'x10^9/l': '10*9/L',
  'x10^12/l': '10*12/L',
  'iu/l': '[IU]/L',
  'iu/ml': '[IU]/mL',
  'uiu/ml': 'u[IU]/mL',
  'miu/ml': 'm[IU]/mL',
  'miu/l': 'm[IU]/L',
  'mosm/kg': 'mosm/kg',
  mmhg: 'mm[Hg]',
  'mm/hr': 'mm/h',
  'mm/1hr': 'mm/h',
  sec: 's',
  secs: 's',
  seconds: 's',
};

/**
 * The UCUM unit a printed unit means; a UCUM unit is taken as it stands.
 * mEq/L is left out: it is mmol/L only for ions of one charge. IU/L stays the international unit, which is not U/L.
 * @returns undefined when it is not known
 */
export function ucumOf(printed: string): string | undefined {
  const text = printed
    .trim()
    .replaceAll(/[µμ]/g, 'u')
    .replaceAll('³', '^3')
    .replaceAll('⁶', '^6')
    .replaceAll('⁹', '^9')
    .replaceAll('¹²', '^12');
  const spelling = text.toLowerCase().replaceAll(/\s+/g, '');
  const meant = Object.hasOwn(MEANT, spelling) ? MEANT[spelling] : undefined;
  if (meant !== undefined) return meant;
  return isUcum(text) ? text : undefined;
}
