import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { PatientView, Sex as SexValue } from './contract.ts';
import { getPatient, registerPatient, searchPatients, Sex, updatePatient } from './contract.ts';

/** Of the fields that may be emptied, those that were given, null included. */
function clearable(input: {
  readonly mobile?: string | null;
  readonly email?: string | null;
  readonly address?: string | null;
}) {
  const { mobile, email, address } = input;
  return {
    ...(mobile === undefined ? {} : { mobile }),
    ...(email === undefined ? {} : { email }),
    ...(address === undefined ? {} : { address }),
  };
}

export function graphql(b: Builder): void {
  const SexType = b.enumType('Sex', { values: Sex.options, description: 'Administrative sex' });
  const Patient = typeRef<PatientView>(b, 'Patient');
  Patient.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      mrn: t.exposeString('mrn', { description: 'Record number of the lab, with a check digit' }),
      name: t.exposeString('name'),
      sex: t.field({ type: SexType, resolve: (patient): SexValue => patient.sex }),
      bornOn: t.expose('bornOn', { type: 'Date' }),
      isBornOnApproximate: t.exposeBoolean('isBornOnApproximate', {
        description: 'True when the day was worked out from an age',
      }),
      mobile: t.exposeString('mobile', { nullable: true, description: '+91 and ten digits; a family may share one' }),
      email: t.exposeString('email', { nullable: true }),
      address: t.exposeString('address', { nullable: true }),
      registeredAt: t.expose('registeredAt', { type: 'DateTime' }),
      version: t.exposeInt('version'),
    }),
  });

  const AgeInput = b.inputType('AgeInput', {
    description: 'Age as told at the desk; at least one part',
    fields: (t) => ({ years: t.int(), months: t.int(), days: t.int() }),
  });
  const RegisterPatientInput = b.inputType('RegisterPatientInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client, so that sending it twice registers once' }),
      name: t.string({ required: true }),
      sex: t.field({ type: SexType, required: true }),
      bornOn: t.field({ type: 'Date', description: 'Either this or age' }),
      age: t.field({ type: AgeInput }),
      mobile: t.string(),
      email: t.string(),
      address: t.string(),
      isKnownToDiffer: t.boolean({ description: 'The likely duplicates were seen, and this is someone else' }),
    }),
  });
  const UpdatePatientInput = b.inputType('UpdatePatientInput', {
    description: 'A field left out stays; null empties mobile, email or address',
    fields: (t) => ({
      patientId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      name: t.string(),
      sex: t.field({ type: SexType }),
      bornOn: t.field({ type: 'Date' }),
      mobile: t.string(),
      email: t.string(),
      address: t.string(),
    }),
  });

  b.queryFields((t) => ({
    patient: t.field({
      type: Patient,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getPatient, { patientId: id }),
    }),
    patients: t.field({
      type: connection(b, Patient),
      description:
        'Newest first. The text is part of a name, a mobile number or its first or last digits, or a record number',
      args: { text: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(searchPatients, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    registerPatient: t.field({
      type: Patient,
      args: { input: t.arg({ type: RegisterPatientInput, required: true }) },
      resolve: (_, { input }, ctx) =>
        ctx.call(registerPatient, { ...given(input), age: input.age ? given(input.age) : null }),
    }),
    updatePatient: t.field({
      type: Patient,
      args: { input: t.arg({ type: UpdatePatientInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(updatePatient, { ...given(input), ...clearable(input) }),
    }),
  }));
}
