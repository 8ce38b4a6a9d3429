import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { FileView } from './contract.ts';
import { getFile, linkFileForUser, listFiles } from './contract.ts';

export function graphql(b: Builder): void {
  const File = typeRef<FileView>(b, 'File');
  File.implement({
    description: 'A stored file, without its bytes; linkFile gives a link to them.',
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      contentType: t.exposeString('contentType'),
      sizeBytes: t.exposeInt('sizeBytes'),
      sha256: t.exposeString('sha256', { description: 'SHA-256 of the bytes, hex.' }),
      ownerType: t.exposeString('ownerType', {
        description: 'The kind of thing it belongs to, for example report or order.',
      }),
      ownerId: t.exposeID('ownerId'),
      storedAt: t.field({ type: 'DateTime', resolve: (file) => file.storedAt }),
      storedBy: t.exposeString('storedBy', { description: 'Login name, or the part of the system that stored it.' }),
    }),
  });
  const FileLink = b.objectRef<{ readonly url: string; readonly expiresAt: string }>('FileLink').implement({
    fields: (t) => ({
      url: t.exposeString('url', { description: 'Opens without signing in until it expires; treat it like the file.' }),
      expiresAt: t.field({ type: 'DateTime', resolve: (link) => link.expiresAt }),
    }),
  });

  b.queryFields((t) => ({
    file: t.field({
      type: File,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getFile, { fileId: id }),
    }),
    files: t.field({
      type: connection(b, File),
      description: 'Files of one owner, newest first.',
      args: { ownerId: t.arg.id({ required: true }), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listFiles, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    linkFile: t.field({
      type: FileLink,
      description: 'A link to the bytes that expires; who asked is noted.',
      args: { fileId: t.arg.id({ required: true }) },
      resolve: (_, { fileId }, ctx) => ctx.call(linkFileForUser, { fileId }),
    }),
  }));
}
