import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { DoctorView, LabCalendar, LabPolicies, LabView, PartnerKind as Kind, PartnerView } from './contract.ts';
import {
  addDoctor,
  getCalendar,
  getLab,
  getPolicies,
  listDoctors,
  listPartners,
  PartnerKind,
  savePartner,
  setCalendar,
  setPolicies,
  updateLab,
} from './contract.ts';

export function graphql(b: Builder): void {
  const Lab = typeRef<LabView>(b, 'Lab');
  Lab.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      addressLines: t.exposeStringList('addressLines'),
      phone: t.exposeString('phone'),
      email: t.exposeString('email'),
      registrationNumber: t.exposeString('registrationNumber'),
      accessionPrefix: t.exposeString('accessionPrefix'),
      timeZone: t.exposeString('timeZone'),
      version: t.exposeInt('version'),
    }),
  });
  const Doctor = typeRef<DoctorView>(b, 'Doctor');
  Doctor.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name'),
      qualification: t.exposeString('qualification', { nullable: true }),
      mobile: t.exposeString('mobile', { nullable: true }),
    }),
  });

  const Policies = typeRef<LabPolicies>(b, 'LabPolicies');
  Policies.implement({
    fields: (t) => ({
      fourEyes: t.exposeBoolean('fourEyes', { description: 'Who verified a result may not authorise it' }),
      signingMinutes: t.exposeInt('signingMinutes', {
        description: 'Minutes for which a confirmed identity may sign; 0: no confirmation is asked',
      }),
      criticalCallMinutes: t.exposeInt('criticalCallMinutes'),
      overdueCalibrationHolds: t.exposeBoolean('overdueCalibrationHolds'),
      sampleRetentionDays: t.exposeInt('sampleRetentionDays'),
    }),
  });
  const Hours = typeRef<LabCalendar['week'][number][number]>(b, 'OpenHours');
  Hours.implement({
    description: 'Minutes of the day, half-open',
    fields: (t) => ({ fromMinute: t.exposeInt('fromMinute'), toMinute: t.exposeInt('toMinute') }),
  });
  const Holiday = typeRef<LabCalendar['holidays'][number]>(b, 'Holiday');
  Holiday.implement({ fields: (t) => ({ day: t.expose('day', { type: 'Date' }), name: t.exposeString('name') }) });
  const Calendar = typeRef<LabCalendar>(b, 'LabCalendar');
  Calendar.implement({
    fields: (t) => ({
      week: t.field({
        type: t.listRef(t.listRef(Hours)),
        description: 'Opening hours by weekday, Monday first',
        resolve: (calendar) => calendar.week,
      }),
      holidays: t.field({ type: [Holiday], resolve: (calendar) => calendar.holidays }),
    }),
  });
  const PartnerKindType = b.enumType('PartnerKind', { values: PartnerKind.options });
  const Partner = typeRef<PartnerView>(b, 'Partner');
  Partner.implement({
    description: 'A collection centre, B2B client, referral lab or camp',
    fields: (t) => ({
      id: t.exposeID('id'),
      kind: t.field({ type: PartnerKindType, resolve: (partner): Kind => partner.kind }),
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      phone: t.exposeString('phone', { nullable: true }),
      email: t.exposeString('email', { nullable: true }),
      fromDay: t.expose('fromDay', { type: 'Date', nullable: true, description: 'First day of a camp' }),
      toDay: t.expose('toDay', { type: 'Date', nullable: true }),
      isActive: t.exposeBoolean('isActive'),
      version: t.exposeInt('version'),
    }),
  });

  const SetPoliciesInput = b.inputType('SetPoliciesInput', {
    description: 'A field left out stays',
    fields: (t) => ({
      fourEyes: t.boolean(),
      signingMinutes: t.int(),
      criticalCallMinutes: t.int(),
      overdueCalibrationHolds: t.boolean(),
      sampleRetentionDays: t.int(),
    }),
  });
  const OpenHoursInput = b.inputType('OpenHoursInput', {
    fields: (t) => ({ fromMinute: t.int({ required: true }), toMinute: t.int({ required: true }) }),
  });
  const HolidayInput = b.inputType('HolidayInput', {
    fields: (t) => ({ day: t.field({ type: 'Date', required: true }), name: t.string({ required: true }) }),
  });
  const SetCalendarInput = b.inputType('SetCalendarInput', {
    fields: (t) => ({
      week: t.field({ type: t.listRef(t.listRef(OpenHoursInput)), required: true }),
      holidays: t.field({ type: [HolidayInput], required: true }),
    }),
  });
  const SavePartnerInput = b.inputType('SavePartnerInput', {
    fields: (t) => ({
      id: t.id({ description: 'Made by the client, so that sending it twice adds once' }),
      expectedVersion: t.int({ description: 'Needed to change a partner' }),
      kind: t.field({ type: PartnerKindType, required: true }),
      code: t.string({ required: true }),
      name: t.string({ required: true }),
      phone: t.string(),
      email: t.string(),
      fromDay: t.field({ type: 'Date' }),
      toDay: t.field({ type: 'Date' }),
      isActive: t.boolean(),
    }),
  });
  const UpdateLabInput = b.inputType('UpdateLabInput', {
    fields: (t) => ({
      name: t.string(),
      addressLines: t.stringList(),
      phone: t.string(),
      email: t.string(),
      registrationNumber: t.string(),
      expectedVersion: t.int({ required: true }),
    }),
  });
  const AddDoctorInput = b.inputType('AddDoctorInput', {
    fields: (t) => ({ id: t.id(), name: t.string({ required: true }), qualification: t.string(), mobile: t.string() }),
  });

  b.queryFields((t) => ({
    lab: t.field({ type: Lab, resolve: (_, _args, ctx) => ctx.call(getLab, {}) }),
    doctors: t.field({
      type: connection(b, Doctor),
      args: { text: t.arg.string(), first: t.arg.int(), after: t.arg.string() },
      resolve: (_, args, ctx) => ctx.call(listDoctors, given(args)),
    }),
    labPolicies: t.field({ type: Policies, resolve: (_, _args, ctx) => ctx.call(getPolicies, {}) }),
    labCalendar: t.field({ type: Calendar, resolve: (_, _args, ctx) => ctx.call(getCalendar, {}) }),
    partners: t.field({
      type: connection(b, Partner),
      args: {
        kind: t.arg({ type: PartnerKindType }),
        text: t.arg.string(),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_, args, ctx) => ctx.call(listPartners, given(args)),
    }),
  }));
  b.mutationFields((t) => ({
    updateLab: t.field({
      type: Lab,
      args: { input: t.arg({ type: UpdateLabInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(updateLab, given(input)),
    }),
    addDoctor: t.field({
      type: Doctor,
      args: { input: t.arg({ type: AddDoctorInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(addDoctor, given(input)),
    }),
    setPolicies: t.field({
      type: Policies,
      args: { input: t.arg({ type: SetPoliciesInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(setPolicies, given(input)),
    }),
    setCalendar: t.field({
      type: Calendar,
      args: { input: t.arg({ type: SetCalendarInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(setCalendar, input),
    }),
    savePartner: t.field({
      type: Partner,
      args: { input: t.arg({ type: SavePartnerInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(savePartner, given(input)),
    }),
  }));
}
