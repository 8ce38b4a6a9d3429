// Stored files: what they are, who may read them, links that expire. The bytes lie on the platform's shelf.
import * as z from 'zod';

import {
  defineCall,
  defineEvent,
  Id,
  Instant,
  noteText,
  PageInput,
  pageOf,
  shortText,
  trailCall,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export const FileView = z.object({
  id: Id,
  name: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  /** SHA-256 of the bytes, hex. */
  sha256: z.string(),
  /** The kind and id of what it belongs to, for example `report`, `order`. */
  ownerType: z.string(),
  ownerId: Id,
  storedAt: Instant,
  storedBy: z.string(),
});
export type FileView = z.output<typeof FileView>;

export const fileNotFound = defineError('file.not_found', 404, () => 'There is no such file in this lab.');
export const fileIdTaken = defineError('file.id_taken', 409, () => 'Another file carries this id already.');
export const contentDiffers = defineError(
  'file.content_differs',
  422,
  () => 'The stored bytes are not those that were announced (size or SHA-256); send the file again.',
);
export const linkInvalid = defineError('file.link_invalid', 403, () => 'The link is not valid; ask for a new one.');
export const linkExpired = defineError('file.link_expired', 410, () => 'The link has expired; ask for a new one.');
export const typeRefused = defineError<{ readonly found: string }>(
  'file.type_refused',
  415,
  ({ found }) => `Files of this kind (${found}) are not taken; expected PDF, PNG, JPEG, CSV or plain text.`,
);
export const fileTooLarge = defineError<{ readonly maxBytes: number }>(
  'file.too_large',
  413,
  ({ maxBytes }) => `The file is too large; expected at most ${maxBytes} bytes.`,
);

/** Takes over bytes that lie on the shelf under a staging key; the same id twice is one file. */
export const adoptFile = defineCall(
  'file.adopt',
  z.object({
    id: Id,
    stagingKey: z.string().regex(/^staging\/[0-9a-f-]{36}$/),
    name: noteText(200),
    contentType: shortText(100),
    sizeBytes: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    ownerType: shortText(40),
    ownerId: Id,
    caseId: Id.nullish(),
  }),
  FileView,
);
/** An upload through the gateway: like adopt, but the kind is judged by the first bytes and the person must hold file.upload. */
export const uploadFile = defineCall(
  'file.upload',
  adoptFile.input.extend({
    /** What people add files to; a report's files are the lab's own. An instrument's (certificates) need equipment.log too. */
    ownerType: z.enum(['order', 'patient', 'instrument'], 'order, patient or instrument'),
    head: z.base64().max(1024),
  }),
  FileView,
);
export const getFile = defineCall('file.get', z.object({ fileId: Id }), FileView);
export const listFiles = defineCall('file.list', PageInput.extend({ ownerId: Id }), pageOf(FileView));
/** For services, after they have checked who asks: a link that expires. */
export const linkFile = defineCall(
  'file.link',
  z.object({ fileId: Id }),
  z.object({ url: z.string(), expiresAt: Instant }),
);
/** A link for a person who holds file.read. */
export const linkFileForUser = defineCall(
  'file.linkForUser',
  z.object({ fileId: Id }),
  z.object({ url: z.string(), expiresAt: Instant }),
);
/** For the gateway: what a signed link leads to. @throws file.link_invalid | file.link_expired */
export const openLink = defineCall(
  'file.openLink',
  z.object({ token: z.string().max(500) }),
  z.object({ key: z.string(), name: z.string(), contentType: z.string(), sizeBytes: z.int(), sha256: z.string() }),
);
export const fileTrail = trailCall('file');

export const fileStored = defineEvent(
  'file.stored',
  1,
  z.object({ fileId: Id, ownerType: z.string(), ownerId: Id, sha256: z.string(), at: Instant }),
);
