import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { DoctorView, LabView } from './contract.ts';
import { addDoctor, getLab, listDoctors, updateLab } from './contract.ts';

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
  }));
}
