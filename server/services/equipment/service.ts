import { organizationChanged } from '#contract/organization.ts';
import { answer, consume, defineService, work } from '#platform/service.ts';

import { logInstrument } from './commands/log-instrument.ts';
import { reinstateInstrument, retireInstrument } from './commands/retire-instrument.ts';
import { saveInstrument } from './commands/save-instrument.ts';
import { onOrganizationChanged } from './consumers/on-organization-changed.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { findOverdue } from './jobs/find-overdue.ts';
import { findOverdueJob } from './jobs/job-types.ts';
import { blockedOf, downtimeOf, getInstrument, listDue, listInstruments, listLog } from './queries/read-instruments.ts';

export const service = defineService({
  name: 'equipment',
  port: 8087,
  calls: [
    answer(contract.saveInstrument, 'equipment.manage', saveInstrument),
    answer(contract.retireInstrument, 'equipment.manage', retireInstrument),
    answer(contract.reinstateInstrument, 'equipment.manage', reinstateInstrument),
    answer(contract.logInstrument, 'equipment.log', logInstrument),
    answer(contract.getInstrument, 'equipment.read', getInstrument),
    answer(contract.blockedOf, 'equipment.read', blockedOf),
    answer(contract.listInstruments, 'equipment.read', listInstruments),
    answer(contract.equipmentLog, 'equipment.read', listLog),
    answer(contract.listDue, 'equipment.read', listDue),
    answer(contract.downtimeOf, 'equipment.read', downtimeOf),
  ],
  consumers: [consume('on-organization-changed', organizationChanged, onOrganizationChanged)],
  jobs: [work(findOverdueJob, findOverdue)],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: { instrument_message_name_key: contract.messageNameTaken },
});
