import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import sql from 'sql-template-tag';

import type { CallInput } from '#platform/contract.ts';
import { newId } from '#platform/ids.ts';

import { startLab } from '../../testing/start-lab.ts';
import {
  createLab,
  getCalendar,
  getPartners,
  getPolicies,
  listPartners,
  organizationTrail,
  savePartner,
  setCalendar,
  setPolicies,
} from './contract.ts';

async function start(t: TestContext) {
  const lab = await startLab(t, { services: ['organization'] });
  await lab.system.call(createLab, {
    id: lab.labId,
    code: 'HOME',
    name: 'Home Lab',
    addressLines: [],
    phone: '+91 20 1',
    email: 'a@home.example',
    registrationNumber: 'X/1',
    accessionPrefix: 'H',
  });
  const told = async () =>
    (
      await lab.runtime
        .systemCtx('organization', lab.labId)
        .db.rows<{ type: string }>(sql`select type from lis_organization.outbox where lab_id = ${lab.labId}`)
    ).length;
  return { lab, manager: lab.as('manager'), told };
}

const usual = {
  fourEyes: true,
  signingMinutes: 10,
  criticalCallMinutes: 30,
  overdueCalibrationHolds: true,
  sampleRetentionDays: 7,
};

test('ORG-5: a lab starts with the usual policies; a change of one leaves the others, is told and shown in the trail', async (t) => {
  const { lab, manager, told } = await start(t);
  assert.deepEqual(await lab.as('technician').call(getPolicies, {}), usual);
  const before = await told();
  const changed = await manager.call(setPolicies, { fourEyes: false, signingMinutes: 0 });
  assert.deepEqual(changed, { ...usual, fourEyes: false, signingMinutes: 0 });
  await manager.call(setPolicies, { criticalCallMinutes: 15 });
  // What changes nothing is neither told nor kept.
  await manager.call(setPolicies, { criticalCallMinutes: 15 });
  assert.deepEqual(await manager.call(getPolicies, {}), {
    ...usual,
    fourEyes: false,
    signingMinutes: 0,
    criticalCallMinutes: 15,
  });
  assert.equal((await told()) - before, 2);
  const trail = await lab.system.call(organizationTrail, { caseIds: [lab.labId] });
  assert.deepEqual(
    trail.filter((entry) => entry.act === 'organization.set_policies').map((entry) => entry.facts),
    [
      { changes: { fourEyes: { from: true, to: false }, signingMinutes: { from: 10, to: 0 } } },
      { changes: { criticalCallMinutes: { from: 30, to: 15 } } },
    ],
  );
});

test('ORG-5: two who change different policies at once both have their way; nobody else may', async (t) => {
  const { lab, manager } = await start(t);
  await Promise.all([
    manager.call(setPolicies, { sampleRetentionDays: 30 }),
    manager.call(setPolicies, { criticalCallMinutes: 5 }),
  ]);
  assert.deepEqual(await manager.call(getPolicies, {}), { ...usual, sampleRetentionDays: 30, criticalCallMinutes: 5 });
  await lab.as('pathologist').refused(setPolicies, { fourEyes: false }, 'platform.forbidden');
  await lab.as('unknown').refused(getPolicies, {}, 'platform.forbidden');
  await manager.refused(setPolicies, { criticalCallMinutes: 0 }, 'platform.invalid_input');
  assert.deepEqual(await lab.as('manager', newId()).call(getPolicies, {}), usual);
});

test('ORG-6: a lab that set no calendar is open day and night; hours and holidays come back in order', async (t) => {
  const { lab, manager } = await start(t);
  const allDay = [{ fromMinute: 0, toMinute: 1440 }];
  assert.deepEqual(await manager.call(getCalendar, {}), {
    week: Array.from({ length: 7 }, () => allDay),
    holidays: [],
  });
  const morning = { fromMinute: 420, toMinute: 780 };
  const evening = { fromMinute: 960, toMinute: 1200 };
  const week = [[evening, morning], [morning], [morning], [morning], [morning], [morning], []];
  const holidays = [
    { day: '2027-01-26', name: 'Republic Day' },
    { day: '2026-12-25', name: 'Christmas' },
  ];
  const saved = await manager.call(setCalendar, { week, holidays });
  assert.deepEqual(saved, {
    week: [[morning, evening], ...week.slice(1)],
    holidays: holidays.toReversed(),
  });
  assert.deepEqual(await lab.as('desk').call(getCalendar, {}), saved);
  const overlapping = [
    { fromMinute: 0, toMinute: 600 },
    { fromMinute: 599, toMinute: 700 },
  ];
  const bad: readonly [code: string, calendar: CallInput<typeof setCalendar>][] = [
    ['organization.bad_hours', { week: [...week.slice(0, 6), overlapping], holidays }],
    ['organization.bad_hours', { week: [...week.slice(0, 6), [{ fromMinute: 600, toMinute: 600 }]], holidays }],
    ['organization.holiday_twice', { week, holidays: [...holidays, { day: '2027-01-26', name: 'Again' }] }],
    ['platform.invalid_input', { week: week.slice(1), holidays }],
  ];
  for (const [code, calendar] of bad) await manager.refused(setCalendar, calendar, code);
  assert.deepEqual(await manager.call(getCalendar, {}), saved);
  await lab.as('desk').refused(setCalendar, { week, holidays }, 'platform.forbidden');
});

const centre = { kind: 'centre', code: 'CC-01', name: 'Kothrud Centre', phone: '+91 20 2' } as const;

test('ORG-7: partners are added once however often sent, changed with the version seen, and never share a code', async (t) => {
  const { lab, manager } = await start(t);
  const id = newId();
  const [a, b] = await Promise.all([
    manager.call(savePartner, { ...centre, id }),
    manager.call(savePartner, { ...centre, id }),
  ]);
  assert.deepEqual(a, b);
  assert.deepEqual(a, { ...centre, id, email: null, fromDay: null, toDay: null, isActive: true, version: 1 });
  const changed = await manager.call(savePartner, {
    ...centre,
    id,
    name: 'Kothrud',
    isActive: false,
    expectedVersion: 1,
  });
  assert.deepEqual([changed.name, changed.isActive, changed.version], ['Kothrud', false, 2]);
  const stale = await manager.refused(savePartner, { ...centre, id, expectedVersion: 1 }, 'organization.partner_stale');
  assert.deepEqual(stale.details, { version: 2 });
  await manager.refused(savePartner, { ...centre, id }, 'organization.partner_stale');
  await manager.refused(savePartner, centre, 'organization.partner_code_taken');
  const lost = await Promise.allSettled(
    ['One', 'Two'].map((name) => manager.call(savePartner, { ...centre, id, name, expectedVersion: 2 })),
  );
  assert.deepEqual(lost.map((each) => each.status).sort(), ['fulfilled', 'rejected']);
  assert.deepEqual(await lab.as('desk').call(getPartners, { ids: [id, newId()] }), [
    (await manager.call(listPartners, {})).edges[0]?.node,
  ]);
  const foreign = lab.as('manager', newId());
  assert.deepEqual(await foreign.call(getPartners, { ids: [id] }), []);
  await lab.as('desk').refused(savePartner, { ...centre, code: 'CC-02' }, 'platform.forbidden');
  assert.deepEqual(
    (await lab.system.call(organizationTrail, { caseIds: [id] })).map((entry) => entry.act),
    ['organization.add_partner', 'organization.change_partner', 'organization.change_partner'],
  );
});

test('ORG-7: a camp has its days, the others have none; lists go by kind and name, page by page', async (t) => {
  const { manager } = await start(t);
  const camp = {
    kind: 'camp',
    code: 'CAMP-7',
    name: 'Wagholi Camp',
    fromDay: '2026-12-01',
    toDay: '2026-12-03',
  } as const;
  await manager.call(savePartner, camp);
  await manager.refused(savePartner, { ...camp, code: 'C2', toDay: null }, 'organization.camp_days');
  await manager.refused(savePartner, { ...camp, code: 'C2', toDay: '2026-11-30' }, 'organization.camp_days');
  await manager.refused(savePartner, { ...centre, fromDay: '2026-12-01' }, 'organization.camp_days');
  for (const [code, name] of [
    ['CC-02', 'Baner'],
    ['CC-01', 'Aundh'],
    ['CC-03', 'Camp Road'],
  ] as const)
    await manager.call(savePartner, { ...centre, code, name });
  const names = async (input: CallInput<typeof listPartners>) =>
    (await manager.call(listPartners, input)).edges.map((edge) => edge.node.name);
  assert.deepEqual(await names({}), ['Aundh', 'Baner', 'Camp Road', 'Wagholi Camp']);
  assert.deepEqual(await names({ kind: 'camp' }), ['Wagholi Camp']);
  assert.deepEqual(await names({ text: 'camp' }), ['Camp Road', 'Wagholi Camp']);
  assert.deepEqual(await names({ text: 'cc-02' }), ['Baner']);
  const first = await manager.call(listPartners, { kind: 'centre', first: 2 });
  assert.equal(first.hasNextPage, true);
  assert.deepEqual(await names({ kind: 'centre', first: 2, after: first.endCursor }), ['Camp Road']);
  await manager.refused(listPartners, { after: 'rubbish' }, 'platform.bad_cursor');
});
