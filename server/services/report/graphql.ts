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
        'The report of an order whose results are all authorised; null while one is not. The same results make no second version.',
      args: { orderId: t.arg.id({ required: true }) },
      resolve: (_, { orderId }, ctx) => ctx.call(composeReport, { orderId }),
    }),
  }));
}
