import { answer, defineService, work } from '#platform/service.ts';

import { mergePatients, undoMerge } from './commands/merge-patients.ts';
import { recordConsent } from './commands/record-consent.ts';
import { registerPatient } from './commands/register-patient.ts';
import { updatePatient } from './commands/update-patient.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { indexNamesJob, runIndexNames } from './jobs/index-names.ts';
import { findLikely } from './queries/find-likely.ts';
import { getPatient } from './queries/get-patient.ts';
import { listConsentsOf } from './queries/list-consents.ts';
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
    answer(contract.findLikely, 'patient.read', findLikely),
    answer(contract.mergePatients, 'patient.merge', mergePatients),
    answer(contract.undoMerge, 'patient.merge', undoMerge),
    answer(contract.recordConsent, 'patient.update', recordConsent),
    answer(contract.consents, 'patient.read', async (ctx, { ids }) => [...(await listConsentsOf(ctx, ids))]),
  ],
  consumers: [],
  jobs: [work(indexNamesJob, runIndexNames)],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  // What the constraints of this service refuse, its commands have refused before: one that fires is a fault.
  constraints: {},
});
