// People who work here: login, sessions, roles as editable sets of permissions.
import * as z from 'zod';

import {
  defineCall,
  defineEvent,
  Id,
  Instant,
  PageInput,
  pageOf,
  shortText,
  trailCall,
  Version,
} from '#platform/contract.ts';
import { defineError } from '#platform/errors.ts';

export const UserView = z.object({
  id: Id,
  /** Login name, unique in the lab, lower case. */
  username: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  /** As printed under a signature, for example "MD (Pathology)". */
  qualification: z.string().nullable(),
  /** Registration with the medical council; without it a person cannot sign reports. */
  registrationNumber: z.string().nullable(),
  isActive: z.boolean(),
  version: Version,
});
export type UserView = z.output<typeof UserView>;

export const RoleView = z.object({ name: z.string(), permissions: z.array(z.string()), version: Version });
export type RoleView = z.output<typeof RoleView>;

export const Tokens = z.object({
  /** Sent as `Authorization: Bearer …`; short-lived. */
  accessToken: z.string(),
  /** Used once, for the next pair; using one twice ends the session. */
  refreshToken: z.string(),
  expiresInSeconds: z.int(),
  user: UserView,
});
export type Tokens = z.output<typeof Tokens>;

export const badLogin = defineError('user.bad_login', 401, () => 'The lab, login name or password is wrong.');
export const loginLocked = defineError<{ readonly retryAfterSeconds: number }>(
  'user.login_locked',
  423,
  ({ retryAfterSeconds }) => `Too many wrong passwords; this login is locked for ${retryAfterSeconds} s.`,
);
export const badRefresh = defineError('user.bad_refresh_token', 401, () => 'The session is over; sign in again.');
export const refreshReused = defineError(
  'user.refresh_token_reused',
  401,
  () => 'This refresh token was used before, so the session was ended for safety; sign in again.',
);
export const sessionEnded = defineError('user.session_ended', 401, () => 'The session is over; sign in again.');
export const usernameTaken = defineError('user.username_taken', 409, () => 'That login name is in use in this lab.');
export const userNotFound = defineError('user.not_found', 404, () => 'There is no such user in this lab.');
export const roleNotFound = defineError<{ readonly role: string }>(
  'user.role_not_found',
  404,
  ({ role }) => `There is no role named ${role}.`,
);
export const unknownPermission = defineError<{ readonly permission: string }>(
  'user.unknown_permission',
  400,
  ({ permission }) => `There is no permission named ${permission}.`,
);
export const staleUser = defineError<{ readonly version: number }>(
  'user.stale',
  409,
  ({ version }) => `This was changed meanwhile (now version ${version}); load it again.`,
);
export const lastAdmin = defineError(
  'user.last_admin',
  409,
  () => 'The lab needs at least one active user who may manage users.',
);

export const secondFactorNeeded = defineError(
  'user.second_factor_needed',
  401,
  () => 'This login has a second factor: give the field code as well.',
);
export const passwordChangeNeeded = defineError(
  'user.password_change_needed',
  401,
  () => 'This password was set by an administrator: give the field newPassword as well, with one of your own.',
);
export const codeUsed = defineError(
  'user.code_used',
  401,
  () => 'That code was used already; wait for the next one, or take another recovery code.',
);
export const samePassword = defineError('user.same_password', 400, () => 'The new password is the same as the old.');
export const secondFactorOn = defineError(
  'user.second_factor_on',
  409,
  () => 'A second factor is in use; switch it off before setting up another.',
);
export const noSecondFactor = defineError(
  'user.no_second_factor',
  409,
  () => 'No second factor is being set up; begin with its secret.',
);
export const badCode = defineError('user.bad_code', 400, () => 'That is not the code of this moment.');

const NewPassword = z.string().min(8, 'at least 8 characters').max(200);

export const login = defineCall(
  'user.login',
  z.object({
    lab: z.string().max(20).nullish(),
    username: z.string().max(100),
    password: z.string().max(200),
    /** Of the authenticator app, or a recovery code; asked for by user.second_factor_needed. */
    code: z.string().max(20).nullish(),
    /** Asked for by user.password_change_needed, when an administrator has set the password. */
    newPassword: NewPassword.nullish(),
  }),
  Tokens,
);
export const refresh = defineCall('user.refresh', z.object({ refreshToken: z.string().max(500) }), Tokens);
export const logout = defineCall('user.logout', z.object({}), z.object({ ended: z.boolean() }));
export const me = defineCall(
  'user.me',
  z.object({}),
  UserView.extend({ permissions: z.array(z.string()), hasSecondFactor: z.boolean() }),
);

/** For the gateway: who a session belongs to and what they may do now. @throws user.session_ended */
export const sessionActor = defineCall(
  'user.sessionActor',
  z.object({ sessionId: Id, labId: Id }),
  z.object({ userId: Id, username: z.string(), permissions: z.array(z.string()) }),
);
export const createUser = defineCall(
  'user.createUser',
  z.object({
    id: Id.optional(),
    username: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9._-]{2,39}$/, '3 to 40 letters, digits, dot, dash or underscore'),
    name: shortText(120),
    password: NewPassword,
    roles: z.array(z.string()).min(1),
    qualification: shortText(120).nullish(),
    registrationNumber: shortText(60).nullish(),
  }),
  UserView,
);
/** A leaver: all sessions end at once (lab-day 74). */
export const disableUser = defineCall('user.disableUser', z.object({ userId: Id, expectedVersion: Version }), UserView);
export const listUsers = defineCall('user.listUsers', PageInput, pageOf(UserView));
/** Batch: users by id, or by login name, active or not: names for the trail, for signatures, for what is printed. */
export const getUsers = defineCall(
  'user.getUsers',
  z.object({ ids: z.array(Id).max(200), usernames: z.array(z.string().max(300)).max(200).optional() }),
  z.array(UserView),
);
export const listRoles = defineCall('user.listRoles', z.object({}), z.array(RoleView));
export const editRole = defineCall(
  'user.editRole',
  z.object({
    name: z.string().regex(/^[a-z][a-z-]{1,39}$/, 'lower-case letters and dashes'),
    permissions: z.array(z.string()),
    expectedVersion: Version.nullish(),
  }),
  RoleView,
);
/** Makes the starter roles of a new lab. */
export const seedRoles = defineCall('user.seedRoles', z.object({}), z.array(RoleView));
export const userTrail = trailCall('user');

export const userChanged = defineEvent(
  'user.changed',
  1,
  z.object({ userId: Id, isActive: z.boolean(), roles: z.array(z.string()), at: Instant }),
);

export const notConfirmed = defineError(
  'user.not_confirmed',
  401,
  () => 'Signing needs your identity confirmed just now: give your password (and second factor) again.',
);
/**
 * Who is signed in proves it again before signing: password, and the second factor where one is set. The token is bound to
 * the user and the session and is good for the minutes of the lab's policy. @throws user.bad_login | user.login_locked | user.second_factor_needed
 */
export const confirmIdentity = defineCall(
  'user.confirmIdentity',
  z.object({ password: z.string().min(1).max(200), code: z.string().max(20).nullish() }),
  z.object({ signingToken: z.string(), expiresAt: Instant }),
);
/** Called on behalf of who signs. @throws user.not_confirmed when the token is missing, foreign, forged or too old */
export const checkSigning = defineCall(
  'user.checkSigning',
  z.object({ signingToken: z.string().max(600).nullable() }),
  z.object({ confirmedAt: Instant.nullable() }),
);

/** A new password of one's own. All other sessions end. @throws user.bad_login | user.login_locked | user.same_password */
export const changePassword = defineCall(
  'user.changePassword',
  z.object({ oldPassword: z.string().min(1).max(200), newPassword: NewPassword }),
  z.object({ sessionsEnded: z.int() }),
);
/** For somebody who forgot theirs: good for one login, at which they make their own. All their sessions end. */
export const resetPassword = defineCall(
  'user.resetPassword',
  z.object({
    userId: Id,
    newPassword: NewPassword,
    /** Their phone is lost as well. */
    dropSecondFactor: z.boolean().default(false),
  }),
  z.object({ sessionsEnded: z.int() }),
);
/** Begins to set up a second factor. The secret is told once. @throws user.second_factor_on | user.bad_login */
export const enrolSecondFactor = defineCall(
  'user.enrolSecondFactor',
  z.object({ password: z.string().min(1).max(200) }),
  z.object({
    /** Base 32, to be typed into an authenticator app. */
    secret: z.string(),
    /** `otpauth://totp/…`, to be shown as a QR code. */
    uri: z.string(),
  }),
);
/** From now on a login asks for a code. Recovery codes work once each and are told once. @throws user.bad_code | user.no_second_factor */
export const confirmSecondFactor = defineCall(
  'user.confirmSecondFactor',
  z.object({ code: z.string().max(20) }),
  z.object({ recoveryCodes: z.array(z.string()) }),
);
/** @throws user.bad_login | user.login_locked */
export const disableSecondFactor = defineCall(
  'user.disableSecondFactor',
  z.object({ password: z.string().min(1).max(200) }),
  z.object({ wasOn: z.boolean() }),
);
