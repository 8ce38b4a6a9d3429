import { answer, defineService } from '#platform/service.ts';

import { addDoctor } from './commands/add-doctor.ts';
import { createLab } from './commands/create-lab.ts';
import { updateLab } from './commands/update-lab.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { findLab, getLab } from './queries/find-lab.ts';
import { listDoctors } from './queries/list-doctors.ts';
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
  ],
  consumers: [],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: { lab_code_key: contract.labCodeTaken },
});
