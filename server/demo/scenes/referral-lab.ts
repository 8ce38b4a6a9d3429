// A test that is run elsewhere: its tube is routed to the referral lab, listed on a manifest, and gone (lab-day 31).
import { listPartners, savePartner } from '#contract/organization.ts';
import { makeManifest, routeTube, sendManifest } from '#contract/sample.ts';

import type { Scene } from '../day-table.ts';
import type { LabDay } from '../lab-day.ts';
import { admit, awaitResults, draw, receive } from '../steps.ts';

const REFERRAL_LAB = { kind: 'referral_lab', code: 'REF-DEMO', name: 'Referral Laboratory, Pune (demo)' } as const;

async function referralLab({ staff }: LabDay): Promise<string> {
  const { edges } = await staff.manager.call(listPartners, { kind: 'referral_lab', text: '', first: 100 });
  const known = edges.find(({ node }) => node.code === REFERRAL_LAB.code)?.node;
  return (known ?? (await staff.manager.call(savePartner, REFERRAL_LAB))).id;
}

export async function sentToReferralLab(day: LabDay): Promise<Scene> {
  const { staff } = day;
  const visit = await admit(day, {
    name: 'Nilesh Thakur',
    sex: 'male',
    age: { years: 31 },
    mobile: '9820011011',
    referredBy: 'Dr. Rekha Pillai',
    items: ['VITD'],
    priority: 'routine',
  });
  await draw(day, visit);
  await receive(day, [visit]);
  await awaitResults(day, 'the drawn tube', visit.orderId, (results) =>
    results.every(({ status }) => status === 'awaiting'),
  );
  const referralLabId = await referralLab(day);
  const barcodes = visit.tubes.map(({ barcode }) => barcode);
  for (const barcode of barcodes) await staff.technician.call(routeTube, { barcode, referralLabId });
  const made = await staff.technician.call(makeManifest, { referralLabId, barcodes });
  const sent = await staff.technician.call(sendManifest, { manifestId: made.id, courier: 'Evening courier' });
  return {
    name: 'referral lab',
    what: `Vitamin D sent out: manifest ${sent.number} with ${sent.tubes.length} tube to ${sent.referralLabName}, report due ${sent.expectedOn}`,
    where: `order ${visit.orderNumber}; tech: query { manifest(id: "${sent.id}") { number status tubes { barcode } } }`,
    facts: { status: sent.status, tubes: sent.tubes.length, isOpen: sent.openOrderIds.includes(visit.orderId) },
  };
}
