import type { CallOutput } from '#platform/contract.ts';
import { connection, given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { RackView, RefusedScan, TubeView } from '../contract.ts';
import {
  aliquotTube,
  disposeTubes,
  getRack,
  listDisposable,
  listRacks,
  retrieveTube,
  saveRack,
  storeTube,
  Temperature,
} from '../contract.ts';

type Poured = CallOutput<typeof aliquotTube>;
type RackContent = CallOutput<typeof getRack>;
type Disposed = CallOutput<typeof disposeTubes>;
type Disposable = CallOutput<typeof listDisposable>['edges'][number]['node'];

function implementTypes(b: Builder): void {
  const Tube = typeRef<TubeView>(b, 'Tube');
  typeRef<RackView>(b, 'Rack').implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      code: t.exposeString('code'),
      rows: t.exposeInt('rows', { description: 'Lettered A to Z.' }),
      columns: t.exposeInt('columns', { description: 'Numbered from 1.' }),
      place: t.exposeString('place'),
      temperature: t.exposeString('temperature', { description: 'room, refrigerated or frozen.' }),
      tubeCount: t.exposeInt('tubeCount'),
    }),
  });
  typeRef<Disposable>(b, 'DisposableTube').implement({
    fields: (t) => ({
      tube: t.expose('tube', { type: Tube }),
      keptUntil: t.expose('keptUntil', { type: 'DateTime' }),
    }),
  });
}

/** Aliquots, racks, disposal. */
export function storage(b: Builder): void {
  implementTypes(b);
  const Tube = typeRef<TubeView>(b, 'Tube');
  const Rack = typeRef<RackView>(b, 'Rack');
  const TemperatureEnum = b.enumType('StorageTemperature', { values: Temperature.options });
  const PouredTube = b.objectRef<Poured>('PouredTube').implement({
    fields: (t) => ({
      parent: t.expose('parent', { type: Tube }),
      aliquots: t.expose('aliquots', { type: [Tube] }),
    }),
  });
  const FilledRack = b.objectRef<RackContent>('FilledRack').implement({
    fields: (t) => ({
      rack: t.expose('rack', { type: Rack }),
      tubes: t.expose('tubes', { type: [Tube], description: 'By position.' }),
    }),
  });
  const DisposedTubes = b.objectRef<Disposed>('DisposedTubes').implement({
    fields: (t) => ({
      disposed: t.expose('disposed', { type: [Tube] }),
      refused: t.expose('refused', { type: [typeRef<RefusedScan>(b, 'RefusedTube')] }),
    }),
  });
  const AliquotInput = b.inputType('AliquotInput', {
    fields: (t) => ({
      volumeMl: t.float({ required: true }),
      lineIds: t.idList({ description: 'Tests that are run from it instead of the parent.' }),
      section: t.string({ description: "Another bench than the parent's." }),
      referralLabId: t.id({ description: 'The referral lab it goes to.' }),
    }),
  });
  const SaveRackInput = b.inputType('SaveRackInput', {
    fields: (t) => ({
      code: t.string({ required: true }),
      rows: t.int({ required: true }),
      columns: t.int({ required: true }),
      place: t.string({ required: true }),
      temperature: t.field({ type: TemperatureEnum, required: true }),
    }),
  });

  b.queryFields((t) => ({
    racks: t.field({
      type: connection(b, Rack),
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, page, ctx) => ctx.call(listRacks, given(page)),
    }),
    rack: t.field({
      type: FilledRack,
      args: { code: t.arg.string({ required: true }) },
      resolve: (_, { code }, ctx) => ctx.call(getRack, { code }),
    }),
    disposableTubes: t.field({
      type: connection(b, typeRef<Disposable>(b, 'DisposableTube')),
      description: 'Tubes whose time is over, longest kept first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_, page, ctx) => ctx.call(listDisposable, given(page)),
    }),
  }));
  b.mutationFields((t) => ({
    aliquotTube: t.field({
      type: PouredTube,
      args: {
        barcode: t.arg.string({ required: true }),
        aliquots: t.arg({ type: [AliquotInput], required: true }),
        place: t.arg.string(),
      },
      resolve: (_, { barcode, aliquots, place }, ctx) =>
        ctx.call(aliquotTube, { barcode, aliquots: aliquots.map((each) => given(each)), place: place ?? null }),
    }),
    saveRack: t.field({
      type: Rack,
      args: { input: t.arg({ type: SaveRackInput, required: true }) },
      resolve: (_, { input }, ctx) => ctx.call(saveRack, input),
    }),
    storeTube: t.field({
      type: Tube,
      description: 'At the first free position when none is named.',
      args: {
        barcode: t.arg.string({ required: true }),
        rackCode: t.arg.string({ required: true }),
        position: t.arg.string(),
      },
      resolve: (_, { barcode, rackCode, position }, ctx) =>
        ctx.call(storeTube, { barcode, rackCode, position: position ?? null }),
    }),
    retrieveTube: t.field({
      type: Tube,
      args: { barcode: t.arg.string({ required: true }), reason: t.arg.string(), place: t.arg.string() },
      resolve: (_, { barcode, ...more }, ctx) => ctx.call(retrieveTube, { barcode, ...given(more) }),
    }),
    disposeTubes: t.field({
      type: DisposedTubes,
      description: 'Before their time only with a reason.',
      args: { barcodes: t.arg.stringList({ required: true }), reason: t.arg.string(), place: t.arg.string() },
      resolve: (_, { barcodes, ...more }, ctx) => ctx.call(disposeTubes, { barcodes, ...given(more) }),
    }),
  }));
}
