// A critical value: nobody can sign it before it is on record who was told and that it was read back (lab-day 47).
import { ServiceError } from '#platform/errors.ts';
import { criticalsOfOrders, recordCriticalCall } from '#contract/result.ts';

import type { Scene } from '../day-table.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitValues, draw, receive, resultsOf, sign, verify } from '../steps.ts';

export async function criticalValue(day: LabDay): Promise<Scene> {
  const { staff, analyzers, table } = day;
  const visit = await admit(day, {
    name: 'Harish Bhandari',
    sex: 'male',
    age: { years: 58 },
    mobile: '9820011002',
    referredBy: 'Dr. Rekha Pillai',
    items: ['GLU'],
    priority: 'urgent',
  });
  await draw(day, visit);
  await receive(day, [visit]);
  for (const { barcode } of visit.tubes) {
    await analyzers.chemistry.run({ barcode, tests: ['GLUC'], values: { GLUC: '38' } });
    table.messages += 1;
  }
  await awaitValues(day, [visit]);
  await verify(day, await resultsOf(day, visit.orderId));
  const verified = await resultsOf(day, visit.orderId);
  const refusal = await sign(day, verified).then(
    () => 'signed',
    (error: unknown) => (error instanceof ServiceError ? error.code : 'fault'),
  );
  const [critical] = await staff.technician.call(criticalsOfOrders, { ids: [visit.orderId] });
  if (!critical) throw new Error('The critical value was not noticed');
  const [told] = await staff.technician.call(recordCriticalCall, {
    criticalIds: [critical.id],
    to: 'Dr. Rekha Pillai, treating physician',
    phone: '+919820055555',
    wasReached: true,
    wasReadBack: true,
    note: 'Patient called back; sugar given',
  });
  await sign(day, await resultsOf(day, visit.orderId));
  day.signed.push(visit);
  return {
    name: 'critical value',
    what: `Glucose ${critical.value} mg/dL, critical: signing was refused until the call to ${told?.calls[0]?.to ?? ''} was recorded and read back`,
    where: `order ${visit.orderNumber}; tech: query { criticals(status: told) { nodes { value calls { to at by wasReadBack } } } }`,
    facts: {
      flags: critical.flags,
      refusal,
      status: told?.status ?? null,
      wasReadBack: told?.calls[0]?.wasReadBack ?? false,
      by: told?.calls[0]?.by ?? null,
    },
  };
}
