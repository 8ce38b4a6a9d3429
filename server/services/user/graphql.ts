import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { RoleView, Tokens as TokensView, UserView } from './contract.ts';
import {
  changePassword,
  confirmIdentity,
  confirmSecondFactor,
  createUser,
  disableSecondFactor,
  disableUser,
  editRole,
  enrolSecondFactor,
  listRoles,
  listUsers,
  login,
  logout,
  me,
  refresh,
  resetPassword,
} from './contract.ts';

export function graphql(b: Builder): void {
  const User = typeRef<UserView>(b, 'User');
  User.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      username: t.exposeString('username', { description: 'Login name, unique in the lab, lower case' }),
      name: t.exposeString('name'),
      roles: t.exposeStringList('roles'),
      qualification: t.exposeString('qualification', { nullable: true, description: 'As printed under a signature' }),
      registrationNumber: t.exposeString('registrationNumber', {
        nullable: true,
        description: 'Registration with the medical council; without it a person cannot sign reports',
      }),
      isActive: t.exposeBoolean('isActive'),
      version: t.exposeInt('version'),
    }),
  });
  const Role = typeRef<RoleView>(b, 'Role');
  Role.implement({
    fields: (t) => ({
      name: t.exposeString('name'),
      permissions: t.exposeStringList('permissions', { description: 'Names like result.verify; * is everything' }),
      version: t.exposeInt('version'),
    }),
  });
  const Me = typeRef<CallOutput<typeof me>>(b, 'Me');
  Me.implement({
    description: 'The person signed in, and what they may do now',
    fields: (t) => ({
      id: t.exposeID('id'),
      username: t.exposeString('username'),
      name: t.exposeString('name'),
      roles: t.exposeStringList('roles'),
      permissions: t.exposeStringList('permissions'),
      hasSecondFactor: t.exposeBoolean('hasSecondFactor'),
      user: t.field({ type: User, resolve: (parent) => parent }),
    }),
  });
  const Tokens = typeRef<TokensView>(b, 'Tokens');
  Tokens.implement({
    fields: (t) => ({
      accessToken: t.exposeString('accessToken', { description: 'Send it as Authorization: Bearer …' }),
      refreshToken: t.exposeString('refreshToken', {
        description: 'Good for one refresh; using it twice ends the session',
      }),
      expiresInSeconds: t.exposeInt('expiresInSeconds'),
      user: t.field({ type: User, resolve: (parent) => parent.user }),
    }),
  });

  const SigningToken = typeRef<CallOutput<typeof confirmIdentity>>(b, 'SigningToken');
  SigningToken.implement({
    description: 'Proof that the person of this session gave their password just now; sent along when signing',
    fields: (t) => ({
      signingToken: t.exposeString('signingToken'),
      expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    }),
  });
  const SecondFactorSecret = typeRef<CallOutput<typeof enrolSecondFactor>>(b, 'SecondFactorSecret');
  SecondFactorSecret.implement({
    fields: (t) => ({
      secret: t.exposeString('secret', { description: 'Base 32, for an authenticator app' }),
      uri: t.exposeString('uri', { description: 'otpauth://totp/…, to be shown as a QR code' }),
    }),
  });

  const ConfirmIdentityInput = b.inputType('ConfirmIdentityInput', {
    fields: (t) => ({
      password: t.string({ required: true }),
      code: t.string({ description: 'Needed where a second factor is set up' }),
    }),
  });
  const ChangePasswordInput = b.inputType('ChangePasswordInput', {
    fields: (t) => ({ oldPassword: t.string({ required: true }), newPassword: t.string({ required: true }) }),
  });
  const ResetPasswordInput = b.inputType('ResetPasswordInput', {
    fields: (t) => ({
      userId: t.id({ required: true }),
      newPassword: t.string({ required: true }),
      dropSecondFactor: t.boolean({ description: 'Their phone is lost as well' }),
    }),
  });
  const CreateUserInput = b.inputType('CreateUserInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client, so that sending it twice makes one user' }),
      username: t.string({ required: true }),
      name: t.string({ required: true }),
      password: t.string({ required: true }),
      roles: t.stringList({ required: true }),
      qualification: t.string(),
      registrationNumber: t.string(),
    }),
  });
  const DisableUserInput = b.inputType('DisableUserInput', {
    fields: (t) => ({ userId: t.id({ required: true }), expectedVersion: t.int({ required: true }) }),
  });
  const EditRoleInput = b.inputType('EditRoleInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      permissions: t.stringList({ required: true }),
      expectedVersion: t.int({ description: 'Leave it out to make a new role' }),
    }),
  });

  b.queryFields((t) => ({
    me: t.field({ type: Me, resolve: (_, _args, ctx) => ctx.call(me, {}) }),
    users: t.field({
      type: connection(b, User),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listUsers, given(args)),
    }),
    roles: t.field({ type: [Role], resolve: (_, _args, ctx) => ctx.call(listRoles, {}) }),
  }));
  b.mutationFields((t) => ({
    login: t.field({
      type: Tokens,
      args: {
        lab: t.arg.string({ description: 'Code of the lab; not needed while there is only one' }),
        username: t.arg.string({ required: true }),
        password: t.arg.string({ required: true }),
        code: t.arg.string({ description: 'Second factor, where user.second_factor_needed asks for it' }),
        newPassword: t.arg.string({ description: 'Where user.password_change_needed asks for it' }),
      },
      resolve: (_, args, ctx) => ctx.call(login, args),
    }),
    refresh: t.field({
      type: Tokens,
      args: { refreshToken: t.arg.string({ required: true }) },
      resolve: (_, args, ctx) => ctx.call(refresh, args),
    }),
    logout: t.boolean({
      description: 'Ends the session; false when it was over already',
      resolve: async (_, _args, ctx) => (await ctx.call(logout, {})).ended,
    }),
    confirmIdentity: t.field({
      type: SigningToken,
      description: 'Password, and second factor where there is one, again before signing',
      args: { input: t.arg({ type: ConfirmIdentityInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(confirmIdentity, input),
    }),
    changePassword: t.int({
      description: "A new password of one's own; tells how many other sessions ended",
      args: { input: t.arg({ type: ChangePasswordInput, required: true }) },
      resolve: async (_, { input }, ctx) => (await ctx.call(changePassword, input)).sessionsEnded,
    }),
    resetPassword: t.int({
      description:
        'For somebody who forgot theirs: they make their own at the next login; tells how many sessions ended',
      args: { input: t.arg({ type: ResetPasswordInput, required: true }) },
      resolve: async (_, { input }, ctx) => (await ctx.call(resetPassword, given(input))).sessionsEnded,
    }),
    enrolSecondFactor: t.field({
      type: SecondFactorSecret,
      args: { password: t.arg.string({ required: true }) },
      resolve: (_, args, ctx) => ctx.call(enrolSecondFactor, args),
    }),
    confirmSecondFactor: t.stringList({
      description: 'Recovery codes, told this once; from now on a login asks for a code',
      args: { code: t.arg.string({ required: true }) },
      resolve: async (_, args, ctx) => (await ctx.call(confirmSecondFactor, args)).recoveryCodes,
    }),
    disableSecondFactor: t.boolean({
      description: 'False when there was none',
      args: { password: t.arg.string({ required: true }) },
      resolve: async (_, args, ctx) => (await ctx.call(disableSecondFactor, args)).wasOn,
    }),
    createUser: t.field({
      type: User,
      args: { input: t.arg({ type: CreateUserInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(createUser, given(input)),
    }),
    disableUser: t.field({
      type: User,
      description: 'A leaver: all their sessions end at once',
      args: { input: t.arg({ type: DisableUserInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(disableUser, input),
    }),
    editRole: t.field({
      type: Role,
      args: { input: t.arg({ type: EditRoleInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(editRole, given(input)),
    }),
  }));
}
