import { typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { ReportView } from './contract.ts';
import { composeReport, getReport, linkReport, ReportStatus } from './contract.ts';

export function graphql(b: Builder): void {
  const Status = b.enumType('ReportStatus', {
    description: 'making: the PDF is not made yet; failed: it could not be made; superseded: a newer version exists.',
    values: ReportStatus.options,
  });
  const Report = typeRef<ReportView>(b, 'Report');
  Report.implement({
    description: 'One version of the report of an order.',
    fields: (t) => ({
      id: t.exposeID('id'),
      orderId: t.exposeID('orderId'),
      patientId: t.exposeID('patientId'),
      number: t.exposeString('number', { description: 'As printed: the number of the order and the version.' }),
      version: t.exposeInt('version'),
      status: t.field({ type: Status, resolve: (report) => report.status }),
      fileId: t.exposeID('fileId', { nullable: true, description: 'The PDF; null until released.' }),
      sha256: t.exposeString('sha256', { nullable: true, description: 'SHA-256 of the PDF, hex.' }),
      sizeBytes: t.exposeInt('sizeBytes', { nullable: true }),
      verifyUrl: t.exposeString('verifyUrl', {
        description: 'Behind the QR code: tells anyone whether the report is genuine and current.',
      }),
      composedAt: t.field({ type: 'DateTime', resolve: (report) => report.composedAt }),
      releasedAt: t.field({ type: 'DateTime', nullable: true, resolve: (report) => report.releasedAt }),
      signedBy: t.exposeString('signedBy'),
      isPartial: t.exposeBoolean('isPartial', {
        description: 'Printed as interim: tests are pending, or a culture is preliminary.',
      }),
      isAmended: t.exposeBoolean('isAmended', {
        description: 'Printed as amended: a value that an earlier version showed reads otherwise now.',
      }),
      supersededBy: t.exposeString('supersededBy', {
        nullable: true,
        description: 'Number of the version that stands instead; null unless superseded.',
      }),
    }),
  });
  const ReportLink = b.objectRef<{ readonly url: string; readonly expiresAt: string }>('ReportLink').implement({
    fields: (t) => ({
      url: t.exposeString('url', {
        description: 'Opens the PDF without signing in until it expires; treat it like the report.',
      }),
      expiresAt: t.field({ type: 'DateTime', resolve: (link) => link.expiresAt }),
    }),
  });

  b.queryFields((t) => ({
    report: t.field({
      type: Report,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, ctx) => ctx.call(getReport, { reportId: id }),
    }),
  }));
  b.mutationFields((t) => ({
    linkReport: t.field({
      type: ReportLink,
      description: 'A link to the PDF that expires; who asked is noted.',
      args: { reportId: t.arg.id({ required: true }) },
      resolve: (_, { reportId }, ctx) => ctx.call(linkReport, { reportId }),
    }),
    composeReport: t.field({
      type: Report,
      nullable: true,
      description:
        'The report of an order; null while a result is not authorised, or with isPartial while none is. The same results make no second version.',
      args: {
        orderId: t.arg.id({ required: true }),
        isPartial: t.arg.boolean({ description: 'What is authorised by now; the rest is printed as pending.' }),
        section: t.arg.string({
          description: 'With isPartial: of this section, with what the version that stands has printed.',
        }),
      },
      resolve: (_, { orderId, isPartial, section }, ctx) =>
        ctx.call(composeReport, { orderId, isPartial: isPartial ?? false, section }),
    }),
  }));
}
