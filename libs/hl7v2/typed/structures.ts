// The messages as data: segments and groups in the order of the standard. A structure yields the reader, the builder, the
// checks and the TypeScript types at once.
// Src: HL7 v2.5.1 abstract message syntax, chapters 2 to 5, 7 and 13; for laboratory analysers IHE LAW (LAB-27, LAB-28, LAB-29).
import type { Group, Members } from './plain-types.ts';

function group<C extends Group['cardinality'], const M extends Members>(cardinality: C, members: M): Group<C, M> {
  return { cardinality, members };
}

const head = { header: 'MSH', software: 'SFT*' } as const;
const replyHead = { header: 'MSH', software: 'SFT*', acknowledgement: 'MSA', errors: 'ERR*' } as const;
/** Replies to orders have SFT after ERR. */
const orderReplyHead = { header: 'MSH', acknowledgement: 'MSA', errors: 'ERR*', software: 'SFT*' } as const;
const visit = group('?', { visit: 'PV1', more: 'PV2?' });
const timing = group('*', { timing: 'TQ1', more: 'TQ2*' });
const insurance = group('*', { plan: 'IN1', more: 'IN2?', certification: 'IN3*' });
const noted = group('*', { observation: 'OBX', notes: 'NTE*' });
const configured = group('*', { observation: 'OBX', configuration: 'TCD?', notes: 'NTE*' });
const patient = group('?', {
  identity: 'PID',
  demographics: 'PD1?',
  notes: 'NTE*',
  nextOfKin: 'NK1*',
  visit,
  insurance,
  guarantor: 'GT1?',
  allergies: 'AL1*',
});

export const ackMembers = { ...replyHead } as const;

export const ormO01Members = {
  ...head,
  notes: 'NTE*',
  patient,
  orders: group('+', {
    common: 'ORC',
    timing,
    detail: group('?', {
      request: 'OBR?',
      supply: 'RQD?',
      supplyDetail: 'RQ1?',
      pharmacy: 'RXO?',
      diet: 'ODS?',
      tray: 'ODT?',
      notes: 'NTE*',
      contact: 'CTD?',
      diagnoses: 'DG1*',
      observations: noted,
    }),
    transactions: 'FT1*',
    trials: 'CTI*',
    billing: 'BLG?',
  }),
} as const;

export const orrO02Members = {
  ...orderReplyHead,
  notes: 'NTE*',
  response: group('?', {
    patient: group('?', { identity: 'PID', notes: 'NTE*', visit: 'PV1?' }),
    orders: group('+', {
      common: 'ORC',
      request: 'OBR?',
      notes: 'NTE*',
      // Settings of Mindray haematology worklists follow as OBX, which the standard does not foresee here.
      settings: 'OBX*',
      trials: 'CTI*',
    }),
  }),
} as const;

// The standard lets prior results begin with ORC too, which nobody can tell from the next order: here PID opens them.
const priorResults = group('*', {
  patient: group('', { identity: 'PID', demographics: 'PD1?' }),
  visit,
  allergies: 'AL1*',
  orders: group('+', { common: 'ORC?', request: 'OBR', notes: 'NTE*', timing, observations: noted }),
});

export const omlO21Members = {
  ...head,
  notes: 'NTE*',
  patient,
  orders: group('+', {
    common: 'ORC',
    timing,
    request: group('?', {
      request: 'OBR',
      configuration: 'TCD?',
      notes: 'NTE*',
      contact: 'CTD?',
      diagnoses: 'DG1*',
      observations: configured,
      specimens: group('*', {
        specimen: 'SPM',
        observations: 'OBX*',
        containers: group('*', { container: 'SAC', observations: 'OBX*' }),
      }),
      priorResults,
    }),
    transactions: 'FT1*',
    trials: 'CTI*',
    billing: 'BLG?',
  }),
} as const;

export const omlO33Members = {
  ...head,
  notes: 'NTE*',
  patient,
  specimens: group('+', {
    specimen: 'SPM',
    observations: 'OBX*',
    containers: 'SAC*',
    orders: group('+', {
      common: 'ORC',
      timing,
      request: group('?', {
        request: 'OBR',
        configuration: 'TCD?',
        notes: 'NTE*',
        diagnoses: 'DG1*',
        observations: configured,
        priorResults,
      }),
      transactions: 'FT1*',
      trials: 'CTI*',
      billing: 'BLG?',
    }),
  }),
} as const;

export const orlO22Members = {
  ...orderReplyHead,
  notes: 'NTE*',
  response: group('?', {
    patient: group('?', {
      identity: 'PID',
      orders: group('*', {
        common: 'ORC',
        timing,
        request: group('?', { request: 'OBR', specimens: group('*', { specimen: 'SPM', containers: 'SAC*' }) }),
      }),
    }),
  }),
} as const;

/** Also ORL_O42 of version 2.7 and LAW, which differs only in that the patient may be left out. */
export const orlO34Members = {
  ...orderReplyHead,
  notes: 'NTE*',
  response: group('?', {
    patient: 'PID?',
    specimens: group('+', {
      specimen: 'SPM',
      observations: 'OBX*',
      containers: 'SAC*',
      orders: group('*', { common: 'ORC', timing, request: 'OBR?' }),
    }),
  }),
} as const;

export const oruR01Members = {
  ...head,
  results: group('+', {
    patient: group('?', { identity: 'PID', demographics: 'PD1?', notes: 'NTE*', nextOfKin: 'NK1*', visit }),
    orders: group('+', {
      common: 'ORC?',
      request: 'OBR',
      notes: 'NTE*',
      timing,
      contact: 'CTD?',
      observations: noted,
      transactions: 'FT1*',
      trials: 'CTI*',
      specimens: group('*', { specimen: 'SPM', observations: 'OBX*' }),
    }),
  }),
  continuation: 'DSC?',
} as const;

export const oulR22Members = {
  ...head,
  notes: 'NTE?',
  patient: group('?', { identity: 'PID', demographics: 'PD1?', notes: 'NTE*' }),
  visit,
  specimens: group('+', {
    specimen: 'SPM',
    observations: 'OBX*',
    // LAW allows several INV; the base standard one.
    containers: group('*', { container: 'SAC', inventory: 'INV*' }),
    orders: group('+', {
      request: 'OBR',
      common: 'ORC?',
      notes: 'NTE*',
      timing,
      results: group('*', {
        observation: 'OBX',
        configuration: 'TCD?',
        substances: 'SID*',
        inventory: 'INV*',
        notes: 'NTE*',
      }),
      trials: 'CTI*',
    }),
  }),
  continuation: 'DSC?',
} as const;

/** A01, A04, A08 and A13. */
export const adtA01Members = {
  ...head,
  event: 'EVN',
  patient: 'PID',
  demographics: 'PD1?',
  patientRoles: 'ROL*',
  nextOfKin: 'NK1*',
  visit: 'PV1',
  moreVisit: 'PV2?',
  visitRoles: 'ROL*',
  disabilities: 'DB1*',
  observations: 'OBX*',
  allergies: 'AL1*',
  diagnoses: 'DG1*',
  relatedGroup: 'DRG?',
  procedures: group('*', { procedure: 'PR1', roles: 'ROL*' }),
  guarantors: 'GT1*',
  insurance: group('*', { plan: 'IN1', more: 'IN2?', certification: 'IN3*', roles: 'ROL*' }),
  accident: 'ACC?',
  billing: 'UB1?',
  moreBilling: 'UB2?',
  death: 'PDA?',
} as const;

/** A40: the patient of MRG is merged into the one of PID. Structure ADT_A39. */
export const adtA40Members = {
  ...head,
  event: 'EVN',
  merges: group('+', { patient: 'PID', demographics: 'PD1?', from: 'MRG', visit: 'PV1?' }),
} as const;

export const qryA19Members = { ...head, query: 'QRD', filter: 'QRF?' } as const;

export const adrA19Members = {
  ...replyHead,
  queryStatus: 'QAK?',
  query: 'QRD',
  filter: 'QRF?',
  responses: group('*', {
    event: 'EVN?',
    patient: 'PID',
    demographics: 'PD1?',
    nextOfKin: 'NK1*',
    visit: 'PV1?',
    moreVisit: 'PV2?',
    observations: 'OBX*',
    allergies: 'AL1*',
    diagnoses: 'DG1*',
  }),
  continuation: 'DSC?',
} as const;

export const qryQ02Members = { ...head, query: 'QRD', filter: 'QRF?', continuation: 'DSC?' } as const;

export const qckQ02Members = { ...replyHead, queryStatus: 'QAK?' } as const;

/** The acknowledgement is optional: Q03 is a message of its own, Q01 a reply. */
export const dsrQ03Members = {
  header: 'MSH',
  software: 'SFT*',
  acknowledgement: 'MSA?',
  errors: 'ERR*',
  queryStatus: 'QAK?',
  query: 'QRD',
  filter: 'QRF?',
  lines: 'DSP+',
  continuation: 'DSC?',
} as const;

export const qbpQ11Members = { ...head, query: 'QPD', control: 'RCP', continuation: 'DSC?' } as const;

export const rspK11Members = {
  ...replyHead,
  queryStatus: 'QAK',
  query: 'QPD',
  rows: group('?', { definition: 'RDF', rows: 'RDT*' }),
  continuation: 'DSC?',
} as const;
