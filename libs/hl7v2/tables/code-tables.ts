// Standard tables by number, in our own words. `hl7`: closed, the standard decides; `user`: suggested, a site may add.
// Src: HL7 v2.5.1 appendix A; 0354 with ORL_O42 of version 2.7 as IHE LAW uses it.
import { abnormalFlags } from './abnormal-flags.ts';
import { messageEvents, messageStructures, messageTypeCodes, valueTypes } from './codes-of-messages.ts';
import { identifierTypes, patientClasses, sexes } from './codes-of-patients.ts';
import {
  actionCodes,
  diagnosticSections,
  orderControls,
  orderStatuses,
  requestStatuses,
  specimenRoles,
  substanceStatuses,
  substanceTypes,
} from './codes-of-orders.ts';
import { errorCodes } from './error-codes.ts';
import { resultStatuses } from './result-statuses.ts';

export interface CodeTable {
  readonly title: string;
  readonly kind: 'hl7' | 'user';
  readonly codes: Readonly<Record<string, string>>;
}

export const codeTables = {
  '0001': { title: 'administrative sex', kind: 'user', codes: sexes },
  '0003': { title: 'event type', kind: 'hl7', codes: messageEvents },
  '0004': { title: 'patient class', kind: 'user', codes: patientClasses },
  '0008': {
    title: 'acknowledgement code',
    kind: 'hl7',
    codes: {
      AA: 'Application: accepted',
      AE: 'Application: error in the content',
      AR: 'Application: refused',
      CA: 'Stored safely',
      CE: 'Not stored: error in the content',
      CR: 'Not stored: refused',
    },
  },
  '0038': { title: 'order status', kind: 'hl7', codes: orderStatuses },
  '0065': { title: 'specimen action code', kind: 'hl7', codes: actionCodes },
  '0074': { title: 'diagnostic service section', kind: 'hl7', codes: diagnosticSections },
  '0076': { title: 'message type', kind: 'hl7', codes: messageTypeCodes },
  '0078': { title: 'abnormal flags', kind: 'user', codes: abnormalFlags },
  '0085': { title: 'observation result status', kind: 'hl7', codes: resultStatuses },
  '0091': { title: 'query priority', kind: 'hl7', codes: { I: 'At once', D: 'Later' } },
  '0103': {
    title: 'processing id',
    kind: 'hl7',
    codes: { P: 'Production', T: 'Training', D: 'Debugging' },
  },
  '0104': {
    title: 'version',
    kind: 'hl7',
    codes: Object.fromEntries(
      [
        '2.0',
        '2.0D',
        '2.1',
        '2.2',
        '2.3',
        '2.3.1',
        '2.3.2',
        '2.4',
        '2.5',
        '2.5.1',
        '2.6',
        '2.7',
        '2.7.1',
        '2.8',
        '2.8.1',
        '2.8.2',
        '2.9',
      ].map((version) => [version, `Version ${version}`]),
    ),
  },
  '0106': {
    title: 'query format',
    kind: 'hl7',
    codes: { D: 'Display lines', R: 'Records', T: 'Table' },
  },
  '0119': { title: 'order control', kind: 'hl7', codes: orderControls },
  '0123': { title: 'result status of an order', kind: 'hl7', codes: requestStatuses },
  '0125': { title: 'value type', kind: 'hl7', codes: valueTypes },
  '0155': {
    title: 'when to acknowledge',
    kind: 'hl7',
    codes: { AL: 'Always', NE: 'Never', ER: 'Only on error', SU: 'Only on success' },
  },
  '0203': { title: 'identifier type', kind: 'user', codes: identifierTypes },
  '0208': {
    title: 'query response status',
    kind: 'hl7',
    codes: { OK: 'Data found', NF: 'No data found', AE: 'Error in the query', AR: 'Query refused' },
  },
  '0354': { title: 'message structure', kind: 'hl7', codes: messageStructures },
  '0357': { title: 'message error', kind: 'hl7', codes: errorCodes },
  '0369': { title: 'specimen role', kind: 'user', codes: specimenRoles },
  '0383': { title: 'substance status', kind: 'hl7', codes: substanceStatuses },
  '0384': { title: 'substance type', kind: 'hl7', codes: substanceTypes },
  '0516': { title: 'error severity', kind: 'hl7', codes: { E: 'Error', W: 'Warning', I: 'Information' } },
} as const satisfies Readonly<Record<string, CodeTable>>;
export type CodeTableNumber = keyof typeof codeTables;

// MSH-9.3 is left out: senders misspell it, and nothing depends on it.
const places: Readonly<Record<string, CodeTableNumber>> = {
  'MSH-9.1': '0076',
  'MSH-9.2': '0003',
  'MSH-11.1': '0103',
  'MSH-12.1': '0104',
  'MSH-15': '0155',
  'MSH-16': '0155',
  'MSA-1': '0008',
  'ERR-3.1': '0357',
  'ERR-4': '0516',
  'EVN-1': '0003',
  'PID-8': '0001',
  'NK1-15': '0001',
  'PV1-2': '0004',
  'ORC-1': '0119',
  'ORC-5': '0038',
  'OBR-11': '0065',
  'OBR-24': '0074',
  'OBR-25': '0123',
  'OBX-2': '0125',
  'OBX-8': '0078',
  'OBX-11': '0085',
  'SPM-11.1': '0369',
  'INV-2.1': '0383',
  'INV-3.1': '0384',
  'QRD-2': '0106',
  'QRD-3': '0091',
  'QAK-2': '0208',
  'RCP-1': '0091',
  'CX.5': '0203',
};

/** The table that rules a field (`OBX-8`), a component (`MSH-9.1`) or a component of a data type (`CX.5`). */
export function tableOfPlace(place: string): CodeTableNumber | undefined {
  return Object.hasOwn(places, place) ? places[place] : undefined;
}
