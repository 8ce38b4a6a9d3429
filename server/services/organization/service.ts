import { answer, defineService } from '#platform/service.ts';

import { addDoctor } from './commands/add-doctor.ts';
import { createLab } from './commands/create-lab.ts';
import { savePartner } from './commands/save-partner.ts';
import { setCalendar } from './commands/set-calendar.ts';
import { setPolicies } from './commands/set-policies.ts';
import { updateLab } from './commands/update-lab.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import * as partners from './partner-store.ts';
import { findLab, getLab } from './queries/find-lab.ts';
import { getCalendar, getPolicies } from './queries/lab-policies.ts';
import { listDoctors } from './queries/list-doctors.ts';
import { listPartners } from './queries/list-partners.ts';
import * as store from './store.ts';

export const service = defineService({
  name: 'organization',
  port: 8086,
  calls: [
    answer(contract.findLab, 'public', findLab),
    answer(contract.getLab, 'signed-in', getLab),
    answer(contract.createLab, 'system', createLab),
    answer(contract.updateLab, 'organization.manage', updateLab),
    answer(contract.addDoctor, 'organization.manage', addDoctor),
    answer(contract.listDoctors, 'organization.read', listDoctors),
    answer(contract.getDoctors, 'organization.read', async (ctx, { ids }) => [
      ...(await store.getDoctors(ctx.db, ctx.labId(), ids)),
    ]),
    answer(contract.getPolicies, 'organization.read', getPolicies),
    answer(contract.setPolicies, 'organization.manage', setPolicies),
    answer(contract.getCalendar, 'organization.read', getCalendar),
    answer(contract.setCalendar, 'organization.manage', setCalendar),
    answer(contract.getPartners, 'organization.read', async (ctx, { ids }) => [
      ...(await partners.getPartners(ctx.db, ctx.labId(), ids)),
    ]),
    answer(contract.listPartners, 'organization.read', listPartners),
    answer(contract.savePartner, 'organization.manage', savePartner),
  ],
  consumers: [],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: { lab_code_key: contract.labCodeTaken, partner_code_key: contract.partnerCodeTaken },
});
