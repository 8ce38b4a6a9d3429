import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { ConsentView, LikelyPatient as LikelyView, PatientView, Sex as SexValue } from './contract.ts';
import {
  ConsentHow,
  ConsentPurpose,
  consents,
  findLikely,
  getPatient,
  LikelyReason,
  mergePatients,
  recordConsent,
  registerPatient,
  searchPatients,
  Sex,
  undoMerge,
  updatePatient,
} from './contract.ts';

/** Of the fields that may be emptied, those that were given, null included. */
function clearable(input: {
  readonly mobile?: string | null;
  readonly email?: string | null;
  readonly address?: string | null;
  readonly abhaNumber?: string | null;
  readonly abhaAddress?: string | null;
}) {
  const { mobile, email, address, abhaNumber, abhaAddress } = input;
  return {
    ...(abhaNumber === undefined ? {} : { abhaNumber }),
    ...(abhaAddress === undefined ? {} : { abhaAddress }),
    ...(mobile === undefined ? {} : { mobile }),
    ...(email === undefined ? {} : { email }),
    ...(address === undefined ? {} : { address }),
  };
}

export function graphql(b: Builder): void {
  const SexType = b.enumType('Sex', { values: Sex.options, description: 'Administrative sex' });
  const Patient = typeRef<PatientView>(b, 'Patient');
  const Purpose = b.enumType('ConsentPurpose', { values: ConsentPurpose.options });
  const How = b.enumType('ConsentHow', { values: ConsentHow.options });
  const Consent = typeRef<ConsentView>(b, 'Consent');
  Consent.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      recordId: t.exposeID('recordId', { description: 'The record it was taken under; another one after a merge' }),
      purpose: t.field({ type: Purpose, resolve: (consent) => consent.purpose }),
      isGiven: t.exposeBoolean('isGiven', { description: 'False: refused, or withdrawn' }),
      isCurrent: t.exposeBoolean('isCurrent', { description: 'The last word for this purpose' }),
      takenOn: t.expose('takenOn', { type: 'Date' }),
      how: t.field({ type: How, resolve: (consent) => consent.how }),
      fileId: t.exposeID('fileId', { nullable: true, description: 'The signed form' }),
      note: t.exposeString('note', { nullable: true }),
      at: t.expose('at', { type: 'DateTime' }),
      by: t.exposeString('by'),
    }),
  });
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
      abhaNumber: t.exposeString('abhaNumber', { nullable: true, description: 'As 91-1234-5678-9012' }),
      abhaAddress: t.exposeString('abhaAddress', { nullable: true }),
      language: t.exposeString('language', { description: 'Of reports and messages, ISO 639-1' }),
      mergedIntoId: t.exposeID('mergedIntoId', {
        nullable: true,
        description: 'The record whose facts stand for this one since the two were merged',
      }),
      samePersonIds: t.exposeIDList('samePersonIds', {
        description: 'Every id under which this person has orders and results',
      }),
      consents: t.field({
        type: [Consent],
        description: 'Newest first',
        resolve: (patient, _args, ctx) => ctx.listOf(consents, patient.id, (consent) => consent.patientId),
      }),
      version: t.exposeInt('version'),
    }),
  });
  const LikelyReasonType = b.enumType('LikelyReason', { values: LikelyReason.options });
  const LikelyPatient = typeRef<LikelyView>(b, 'LikelyPatient');
  LikelyPatient.implement({
    description: 'Somebody registered already who may be meant',
    fields: (t) => ({
      patient: t.field({ type: Patient, resolve: (likely) => likely.patient }),
      score: t.exposeInt('score', { description: '1 to 100: an order of likelihood, no probability' }),
      reasons: t.field({ type: [LikelyReasonType], resolve: (likely) => likely.reasons }),
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
      abhaNumber: t.string(),
      abhaAddress: t.string(),
      language: t.string({ description: 'en when left out' }),
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
      abhaNumber: t.string(),
      abhaAddress: t.string(),
      language: t.string(),
    }),
  });
  const LikelyPatientsInput = b.inputType('LikelyPatientsInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      sex: t.field({ type: SexType, required: true }),
      bornOn: t.field({ type: 'Date', description: 'This or age, when it is known already' }),
      age: t.field({ type: AgeInput }),
      mobile: t.string(),
      abhaNumber: t.string(),
    }),
  });
  const MergePatientsInput = b.inputType('MergePatientsInput', {
    fields: (t) => ({
      survivorId: t.id({ required: true, description: 'Whose facts stand for both' }),
      patientId: t.id({ required: true }),
      reason: t.string({ required: true }),
    }),
  });
  const UndoMergeInput = b.inputType('UndoMergeInput', {
    fields: (t) => ({ patientId: t.id({ required: true }), reason: t.string({ required: true }) }),
  });
  const RecordConsentInput = b.inputType('RecordConsentInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client, so that sending it twice records it once' }),
      patientId: t.id({ required: true }),
      purpose: t.field({ type: Purpose, required: true }),
      isGiven: t.boolean({ required: true, description: 'False: refused, or withdrawn' }),
      takenOn: t.field({ type: 'Date', description: 'Today when left out' }),
      how: t.field({ type: How, required: true }),
      fileId: t.id({ description: 'The signed form; needed for hiv_test, genetic_test and research' }),
      note: t.string(),
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
        'The text is a name in any spelling and script, a mobile number or its first or last digits, a record number or an ABHA. Best matches first, then newest',
      args: { text: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(searchPatients, given(args)),
    }),
  }));
  b.queryFields((t) => ({
    likelyPatients: t.field({
      type: [LikelyPatient],
      description: 'Who it may be that stands at the desk; asked before saving',
      args: { input: t.arg({ type: LikelyPatientsInput, required: true }) },
      resolve: (_, { input }, ctx) =>
        ctx.call(findLikely, { ...given(input), age: input.age ? given(input.age) : null }),
    }),
  }));
  b.mutationFields((t) => ({
    mergePatients: t.field({
      type: Patient,
      description: 'Gives the survivor',
      args: { input: t.arg({ type: MergePatientsInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(mergePatients, input),
    }),
    undoMerge: t.field({
      type: Patient,
      description: 'Gives the record that is of its own again',
      args: { input: t.arg({ type: UndoMergeInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(undoMerge, input),
    }),
    recordConsent: t.field({
      type: Consent,
      args: { input: t.arg({ type: RecordConsentInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(recordConsent, given(input)),
    }),
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
