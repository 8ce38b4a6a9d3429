// The result message of the parser benchmarks: about 2.1 kB, 28 segments, 21 results with codes of two systems, escapes, a
// repetition, subcomponents and comments, as a haematology counter behind a middleware sends it.

const COUNTS = [
  ['6690-2', 'Leukocytes', 'WBC', '7.20', '10*3/uL', '4.0-10.0', ''],
  ['789-8', 'Erythrocytes', 'RBC', '3.62', '10*6/uL', '3.8-5.8', 'L'],
  ['718-7', 'Hemoglobin', 'HGB', '9.4', 'g/dL', '12.0-15.0', 'L~A'],
  ['4544-3', 'Hematocrit', 'HCT', '30.1', '%', '36-46', 'L'],
  ['787-2', 'MCV', 'MCV', '83.1', 'fL', '83-101', ''],
  ['785-6', 'MCH', 'MCH', '26.0', 'pg', '27-32', 'L'],
  ['786-4', 'MCHC', 'MCHC', '31.2', 'g/dL', '31.5-34.5', 'L'],
  ['777-3', 'Platelets', 'PLT', '251', '10*3/uL', '150-410', ''],
  ['788-0', 'RDW', 'RDW-CV', '17.1', '%', '11.6-14', 'H'],
  ['770-8', 'Neutrophils', 'NEU%', '58.0', '%', '40-80', ''],
  ['736-9', 'Lymphocytes', 'LYM%', '32.0', '%', '20-40', ''],
  ['5905-5', 'Monocytes', 'MON%', '6.0', '%', '2-10', ''],
  ['713-8', 'Eosinophils', 'EOS%', '3.0', '%', '1-6', ''],
  ['706-2', 'Basophils', 'BAS%', '1.0', '%', '0-2', ''],
  ['751-8', 'Neutrophils', 'NEU#', '4.18', '10*3/uL', '2-7', ''],
  ['731-0', 'Lymphocytes', 'LYM#', '2.30', '10*3/uL', '1-3', ''],
  ['742-7', 'Monocytes', 'MON#', '0.43', '10*3/uL', '0.2-1', ''],
  ['711-2', 'Eosinophils', 'EOS#', '0.22', '10*3/uL', '0.02-0.5', ''],
] as const;

/** @param serial goes into MSH-10, so that messages of a batch differ */
export function sampleOru(serial = 1): string {
  const results = COUNTS.map(
    ([code, name, local, value, unit, range, flag], index) =>
      `OBX|${index + 1}|NM|${code}^${name}^LN^${local}^^99LAB||${value}|${unit}^^UCUM|${range}|${flag}|||F`,
  );
  return [
    `MSH|^~\\&|XN-1000^1.2.3^ISO|LAB1|NIDAAN|HOSP|20260131092000+0530||ORU^R01^ORU_R01|MSG${serial}|P|2.5.1|||NE|AL||UNICODE UTF-8`,
    'PID|1||UH0012345^^^HOSP&1.2.840.1&ISO^MR~12-3456-7890-1234^^^ABDM^NI||Rao^Asha^K^^Mrs||19800214|F|||12 M.G. Road^^Pune^MH^411001^IND||^PRN^PH^^91^20^5551234',
    'PV1|1|O|OPD^12^^HOSP||||D77^Mehta^Vikram^^^Dr|||MED',
    'ORC|RE|ORD9981^HIS|L20260131-7^LAB||CM||||20260131080500',
    'OBR|1|ORD9981^HIS|L20260131-7^LAB|58410-2^CBC panel \\T\\ differential^LN|||20260131081000|||||||20260131083000||D77^Mehta^Vikram||||||20260131092000||HM|F',
    'NTE|1|L|Sample mildly lipaemic \\T\\ checked\\.br\\Platelets adequate on smear',
    ...results,
    'OBX|19|ST|PLT-EST^Platelet estimate^L||Adequate \\F\\ no clumps||||||F',
    'OBX|20|SN|ESR^ESR^L||>^100|mm/h|0-20|H|||F',
    'NTE|1|L|Repeat after 2 weeks',
    'SPM|1|T100234&LAB||WB^Whole blood^HL70487|||||||P^Patient^HL70369||||||20260131081000',
    '',
  ].join('\r');
}

/** 40 places a receiver reads by name. */
export const namedFields: readonly string[] = [
  'MSH-3.1 MSH-4 MSH-7 MSH-9.1 MSH-9.2 MSH-10 MSH-11 MSH-12',
  'PID-3.1 PID-3.5 PID-3[2].1 PID-5.1 PID-5.2 PID-7 PID-8 PID-11.3 PV1-2 PV1-7.2',
  'ORC-1 ORC-2.1 OBR-2.1 OBR-3.1 OBR-4.1 OBR-4.2 OBR-7 OBR-25 NTE-3 SPM-2.1',
  'OBX[1]-3.1 OBX[1]-5 OBX[1]-6.1 OBX[3]-3.1 OBX[3]-5 OBX[3]-8 OBX[8]-5 OBX[8]-11',
  'OBX[19]-5 OBX[20]-5.1 OBX[20]-5.2 OBX[20]-7',
].flatMap((line) => line.split(' '));
