import { answer, defineService } from '#platform/service.ts';

import { registerPatient } from './commands/register-patient.ts';
import { updatePatient } from './commands/update-patient.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { getPatient } from './queries/get-patient.ts';
import { searchPatients } from './queries/search-patients.ts';
import * as store from './store.ts';

export const service = defineService({
  name: 'patient',
  port: 8081,
  calls: [
    answer(contract.registerPatient, 'patient.register', registerPatient),
    answer(contract.updatePatient, 'patient.update', updatePatient),
    answer(contract.searchPatients, 'patient.read', searchPatients),
    answer(contract.getPatient, 'patient.read', getPatient),
    answer(contract.getPatients, 'patient.read', async (ctx, { ids }) => [
      ...(await store.getPatients(ctx.db, ctx.labId(), ids)),
    ]),
  ],
  consumers: [],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  // What the constraints of this service refuse, its commands have refused before: one that fires is a fault.
  constraints: {},
});
