/** HL7 table 0085, observation result status (OBX-11; version 2.5.1, chapter 7), in words a bench understands. */
export const resultStatuses = {
  C: 'Corrected: replaces a final result',
  D: 'Delete this result',
  F: 'Final',
  I: 'Specimen in the laboratory, result pending',
  N: 'Not asked for',
  O: 'Order detail only, no result',
  P: 'Preliminary',
  R: 'Entered, not verified',
  S: 'Partial',
  U: 'Status changed to final, value not sent again',
  W: 'Posted wrong, for example to the wrong patient',
  X: 'Result cannot be obtained',
} as const;
export type ResultStatus = keyof typeof resultStatuses;
