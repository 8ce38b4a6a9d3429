// The message an analyzer sent about the first tube of an order.
import type { Seeded } from '@nidaan/sandbox/analyzers/seeded.ts';

import type { MadeMessage } from '../../services/integration/bulk-rows.ts';
import { makeId } from './ids.ts';
import type { MadeWhole } from './orders.ts';

export function messageOf(seed: number, { results, tubes }: MadeWhole, n: number, random: Seeded): MadeMessage | null {
  const [tube] = tubes;
  const mine = results.results.filter((result) => result.barcode !== null && result.barcode === tube?.accession);
  const [first] = mine;
  if (!tube || !first?.enteredAt) return null;
  const isStranger = random.next() < 0.003;
  const instrument = first.source ?? 'manual';
  const barcode = isStranger ? `X${tube.accession}` : tube.accession;
  const id = makeId(seed, Date.parse(first.enteredAt), 'message', n);
  const time = first.enteredAt.replaceAll(/\D/g, '').slice(0, 14);
  const raw = [
    `MSH|^~\\&|${instrument}||||${time}||ORU^R01|${id.slice(0, 18)}|P|2.5.1`,
    `OBR|1|${barcode}||${tube.testCodes.join('~')}`,
    ...mine.map(
      ({ analyte }, at) => `OBX|${at + 1}|NM|${analyte.loinc ?? analyte.code}||1.0|${analyte.unitDisplay}||||F`,
    ),
  ].join('\r');
  return {
    id,
    labId: results.labId,
    instrument,
    barcode,
    receivedAt: first.enteredAt,
    raw,
    strangerId: isStranger ? makeId(seed, Date.parse(first.enteredAt), 'message', n, 1) : null,
  };
}
