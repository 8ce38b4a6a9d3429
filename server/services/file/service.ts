import { answer, defineService } from '#platform/service.ts';

import { adoptFile } from './commands/adopt-file.ts';
import { uploadFile } from './commands/upload-file.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { getFile, listFiles } from './queries/get-file.ts';
import { linkFile, linkFileForUser, openLink } from './queries/link-file.ts';

export const service = defineService({
  name: 'file',
  port: 8096,
  calls: [
    answer(contract.adoptFile, 'system', (ctx, input) => adoptFile(ctx, input)),
    answer(contract.uploadFile, 'file.upload', uploadFile),
    answer(contract.getFile, 'file.read', getFile),
    answer(contract.listFiles, 'file.read', listFiles),
    answer(contract.linkFile, 'system', linkFile),
    answer(contract.linkFileForUser, 'file.read', linkFileForUser),
    answer(contract.openLink, 'public', openLink),
  ],
  consumers: [],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: {},
});
