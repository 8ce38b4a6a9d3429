// Messages made by hand after the standard and the habits of analysers, read and built.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  adrA19,
  adtA01,
  adtA08,
  adtA40,
  dsrQ03,
  omlO21,
  omlO33,
  orlO22,
  orlO34,
  ormO01,
  orrO02,
  oulR22,
  parseMessage,
  qbpQ11,
  qckQ02,
  qryA19,
  qryQ02,
  rspK11,
} from '../index.ts';

const lines = (...segments: readonly string[]): Uint8Array => Buffer.from(`${segments.join('\r')}\r`);
const text = (bytes: Uint8Array): readonly string[] => Buffer.from(bytes).toString('utf8').split('\r').slice(0, -1);
const msh = (type: string): string => `MSH|^~\\&|A|B|C|D|20260131||${type}|1|P|2.5.1`;
const header = {
  sendingApplication: { namespaceId: 'A' },
  sendingFacility: { namespaceId: 'B' },
  receivingApplication: { namespaceId: 'C' },
  receivingFacility: { namespaceId: 'D' },
  sentAt: '20260131',
  controlId: '1',
};

test('LAW: the query, its reply, the order, its reply, and the result of one tube', () => {
  const query = qbpQ11.build({
    header: { ...header, profiles: [{ id: 'LAB-27', namespaceId: 'IHE' }] },
    query: {
      queryName: { code: 'WOS', text: 'Work Order Step', system: 'IHELAW' },
      queryTag: 'T1',
      containerId: { id: 'TUBE9' },
    },
    control: { priority: 'I', modality: { code: 'R', system: 'HL70394' } },
  });
  assert.deepEqual(text(query), [
    `${msh('QBP^Q11^QBP_Q11')}|||||||||LAB-27^IHE`,
    'QPD|WOS^Work Order Step^IHELAW|T1|TUBE9',
    'RCP|I||R^^HL70394',
  ]);
  assert.deepEqual(qbpQ11.validate(parseMessage(query)), []);

  const asked = qbpQ11.read(parseMessage(query)).data.query ?? {};
  const reply = rspK11.build({
    header,
    acknowledgement: { code: 'AA', controlId: '1' },
    queryStatus: {
      queryTag: 'T1',
      status: 'OK',
      queryName: { code: 'WOS', text: 'Work Order Step', system: 'IHELAW' },
    },
    query: asked,
  });
  assert.deepEqual(text(reply).slice(1), [
    'MSA|AA|1',
    'QAK|T1|OK|WOS^Work Order Step^IHELAW',
    'QPD|WOS^Work Order Step^IHELAW|T1|TUBE9',
  ]);

  const order = omlO33.build({
    header,
    patient: {
      identity: {
        ids: [{ id: 'UH1', authority: { namespaceId: 'LAB' }, typeCode: 'MR' }],
        names: [{ family: { surname: 'Rao' }, given: 'Asha' }],
      },
    },
    specimens: [
      {
        specimen: {
          setId: '1',
          id: { placer: { id: 'TUBE9', namespaceId: 'BARCODE' } },
          type: { code: 'SER' },
          roles: [{ code: 'P', system: 'HL70369' }],
        },
        containers: [{ containerId: { id: 'TUBE9' }, carrierId: { id: '50002' }, positionInCarrier: { value1: '3' } }],
        orders: [
          {
            common: { control: 'NW', transactionAt: '20260131' },
            timing: [{ timing: { priorities: [{ code: 'R' }] } }],
            request: {
              request: { placerOrderNumber: { id: 'AWOS1' }, service: { code: 'GLU', system: '99LAB' } },
              configuration: {
                service: { code: 'GLU' },
                preDilutionFactor: { first: '1', separator: ':', second: '10' },
              },
            },
          },
          {
            common: { control: 'NW' },
            request: { request: { placerOrderNumber: { id: 'AWOS2' }, service: { code: 'CREA' } } },
          },
        ],
      },
    ],
  });
  assert.deepEqual(text(order).slice(1), [
    'PID|||UH1^^^LAB^MR||Rao^Asha',
    'SPM|1|TUBE9&BARCODE||SER|||||||P^^HL70369',
    'SAC|||TUBE9|||||||50002|3',
    'ORC|NW||||||||20260131',
    'TQ1|||||||||R',
    'OBR||AWOS1||GLU^^99LAB',
    'TCD|GLU|||^1^:^10',
    'ORC|NW',
    'OBR||AWOS2||CREA',
  ]);
  assert.deepEqual(omlO33.validate(parseMessage(order)), []);

  const taken = orlO34.read(
    parseMessage(
      lines(
        msh('ORL^O34^ORL_O42'),
        'MSA|AA|1',
        'SPM|1|TUBE9&BARCODE',
        'SAC|||TUBE9',
        'ORC|OK|AWOS1|||SC',
        'ORC|UA|AWOS2|||CA',
      ),
    ),
  );
  assert.deepEqual(taken.problems, []);
  assert.deepEqual(
    taken.data.response?.specimens?.[0]?.orders?.map(({ common }) => [common?.control, common?.placerOrderNumber?.id]),
    [
      ['OK', 'AWOS1'],
      ['UA', 'AWOS2'],
    ],
  );

  const result = oulR22.read(
    parseMessage(
      lines(
        msh('OUL^R22^OUL_R22'),
        'SPM|1|TUBE9&BARCODE||SER|||||||P^^HL70369',
        'SAC|||TUBE9',
        'INV|R1|OK|MR|P7||||||||20270101||||L123',
        'OBR||AWOS1||GLU^^99LAB',
        'ORC|SC||||CM',
        'OBX|1|NM|GLU^^99LAB|1|5.4|mmol/L|3.9-6.1|N^^HL70078|||F|||||ADMIN~BATCH||M1~S2|20260131',
        'TCD|GLU|||^1^:^10',
        'INV|R2|OK|SR',
        'NTE|1|L|ok',
        'OBR||""||CREA',
        'ORC|SC',
        'OBX|1|SN|CREA|1|>^100|umol/L|||||F',
      ),
    ),
  );
  assert.deepEqual(result.problems, []);
  const [specimen] = result.data.specimens ?? [];
  assert.equal(specimen?.containers?.[0]?.inventory?.[0]?.lot, 'L123');
  const [first, second] = specimen?.orders ?? [];
  assert.deepEqual(
    [first?.common?.status, first?.results?.[0]?.observation?.values, first?.results?.[0]?.observation?.flags],
    ['CM', ['5.4'], ['N']],
  );
  assert.deepEqual(first?.results?.[0]?.configuration?.preDilutionFactor, { first: '1', separator: ':', second: '10' });
  assert.deepEqual(
    [first?.results?.[0]?.inventory?.[0]?.type?.code, first?.results?.[0]?.notes?.[0]?.comments],
    ['SR', ['ok']],
  );
  assert.deepEqual(second?.request?.placerOrderNumber, null);
  assert.deepEqual(second?.results?.[0]?.observation?.values, [{ comparator: '>', first: '100' }]);
});

test('display query: QRY, QCK and DSR as chemistry analysers use them', () => {
  const asked = qryQ02.read(
    parseMessage(
      lines(msh('QRY^Q02'), 'QRD|20260131|R|D|4|||RD|TUBE9|OTH|||T', 'QRF|BS-200|20260101|20260131|||RCT|COR|ALL'),
    ),
  );
  assert.deepEqual(
    [asked.data.query?.who?.[0]?.id, asked.data.filter?.where, asked.data.filter?.whichDateTime],
    ['TUBE9', ['BS-200'], ['RCT']],
  );
  const { query, filter } = asked.data;
  assert.ok(query !== undefined && filter !== undefined);
  assert.deepEqual(
    text(
      qckQ02.build({
        header,
        acknowledgement: { code: 'AA', controlId: '1' },
        errors: [{ beyond: { 1: '0' } }],
        queryStatus: { queryTag: 'SR', status: 'OK' },
      }),
    ).slice(1),
    ['MSA|AA|1', 'ERR|0', 'QAK|SR|OK'],
  );
  const answer = dsrQ03.build({
    header,
    acknowledgement: { code: 'AA', controlId: '1' },
    queryStatus: { queryTag: 'SR', status: 'OK' },
    query,
    filter,
    lines: [
      { setId: '21', text: 'TUBE9' },
      { setId: '29', text: 'GLU^^^' },
    ],
    continuation: { pointer: '2' },
  });
  assert.deepEqual(text(answer).slice(1), [
    'MSA|AA|1',
    'QAK|SR|OK',
    'QRD|20260131|R|D|4|||RD|TUBE9|OTH|||T',
    'QRF|BS-200|20260101|20260131|||RCT|COR|ALL',
    'DSP|21||TUBE9',
    'DSP|29||GLU\\S\\\\S\\\\S\\',
    'DSC|2',
  ]);
  assert.equal(dsrQ03.read(parseMessage(answer)).data.lines?.[1]?.text, 'GLU^^^');
});

test('orders in the old form, and the answer to a worklist query', () => {
  const order = ormO01.read(
    parseMessage(
      lines(
        msh('ORM^O01'),
        'PID|1||UH1',
        'PV1|1|O',
        'ORC|NW|P1',
        'OBR|1|P1||GLU',
        'NTE|1||fasting',
        'DG1|1||E11',
        'OBX|1|NM|WT||70',
        'ORC|NW|P2',
        'OBR|2|P2||TSH',
        'ZDS|x',
      ),
    ),
  );
  assert.deepEqual(order.problems, []);
  assert.deepEqual(order.unplaced, [{ location: 'ZDS[1]', raw: 'ZDS|x' }]);
  const [first, second] = order.data.orders ?? [];
  assert.deepEqual(
    [
      first?.detail?.request?.service?.code,
      first?.detail?.notes?.[0]?.comments,
      first?.detail?.observations?.[0]?.observation?.values,
      second?.detail?.request?.setId,
    ],
    ['GLU', ['fasting'], ['70'], '2'],
  );
  assert.deepEqual(
    text(
      orrO02.build({
        header,
        acknowledgement: { code: 'AA', controlId: '1' },
        response: {
          patient: { identity: { names: [{ given: 'Asha' }] } },
          orders: [
            {
              common: { control: 'AF', placerOrderNumber: { id: 'TUBE9' } },
              request: {
                placerOrderNumber: { id: 'TUBE9' },
                service: { code: '00001', text: 'Automated Count', system: '99MRC' },
              },
              settings: [{ valueType: 'IS', code: { code: '08003' }, values: ['CBC+DIFF'] }],
            },
          ],
        },
      }),
    ).slice(1),
    ['MSA|AA|1', 'PID|||||^Asha', 'ORC|AF|TUBE9', 'OBR||TUBE9||00001^Automated Count^99MRC', 'OBX||IS|08003||CBC+DIFF'],
  );
  const oml = omlO21.read(
    parseMessage(
      lines(
        msh('OML^O21^OML_O21'),
        'PID|1||UH1',
        'ORC|NW|P1',
        'TQ1|1||||||||S',
        'OBR|1|P1||GLU',
        'SPM|1|T1',
        'SAC|||T1',
        'ORC|NW|P2',
        'OBR|2|P2||TSH',
        'SPM|1|T2',
      ),
    ),
  );
  assert.deepEqual(
    oml.data.orders?.map((each) => [
      each.timing?.[0]?.timing?.priorities?.[0]?.code,
      each.request?.specimens?.[0]?.specimen?.id?.placer?.id,
    ]),
    [
      ['S', 'T1'],
      [undefined, 'T2'],
    ],
  );
  const orl = orlO22.read(
    parseMessage(
      lines(msh('ORL^O22^ORL_O22'), 'MSA|AA|1', 'PID|1', 'ORC|OK|P1', 'OBR|1|P1||GLU', 'SPM|1|T1', 'ORC|UA|P2'),
    ),
  );
  assert.deepEqual(
    orl.data.response?.patient?.orders?.map(({ common }) => common?.control),
    ['OK', 'UA'],
  );
});

test('patients: admitted, changed, merged, asked for', () => {
  const change = adtA08.build({
    header,
    event: { recordedAt: '20260131' },
    patient: {
      ids: [{ id: 'UH1' }],
      names: [{ family: { surname: 'Rao', ownPrefix: 'van' } }],
      homePhones: null,
      birthAt: '1980',
    },
    visit: { patientClass: 'O' },
  });
  assert.deepEqual(text(change), [
    msh('ADT^A08^ADT_A01'),
    'EVN||20260131',
    'PID|||UH1||Rao&van||1980||||||""',
    'PV1||O',
  ]);
  const read = adtA08.read(parseMessage(change)).data.patient;
  // null says "delete", left out says nothing.
  assert.deepEqual(
    [read?.homePhones, read?.businessPhones, read?.names],
    [null, undefined, [{ family: { surname: 'Rao', ownPrefix: 'van' } }]],
  );
  assert.deepEqual(
    text(
      adtA01.build({
        header: { ...header, type: { event: 'A04' } },
        event: { recordedAt: '1' },
        patient: { setId: '1' },
        visit: { setId: '1' },
      }),
    )[0],
    msh('ADT^A04^ADT_A01'),
  );
  const merge = adtA40.read(
    parseMessage(
      lines(msh('ADT^A40^ADT_A39'), 'EVN||20260131', 'PID|1||NEW1', 'MRG|OLD1~OLD2', 'PID|2||NEW2', 'MRG|OLD3'),
    ),
  );
  assert.deepEqual(
    merge.data.merges?.map(({ patient, from }) => [patient?.ids?.[0]?.id, from?.ids?.map((id) => id?.id)]),
    [
      ['NEW1', ['OLD1', 'OLD2']],
      ['NEW2', ['OLD3']],
    ],
  );
  const asked = qryA19.build({
    header,
    query: {
      queriedAt: '20260131',
      format: 'R',
      priority: 'I',
      queryId: '7',
      limit: { quantity: '1', units: { code: 'RD' } },
      who: [{ id: 'UH1' }],
      what: [{ code: 'DEM' }],
      departments: [{ code: 'LAB' }],
    },
  });
  assert.equal(text(asked)[1], 'QRD|20260131|R|I|7|||1^RD|UH1|DEM|LAB');
  assert.deepEqual(qryA19.validate(parseMessage(asked)), []);
  const found = adrA19.read(
    parseMessage(
      lines(msh('ADR^A19'), 'MSA|AA|1', 'QRD|20260131|R|I|7|||1^RD|UH1|DEM|LAB', 'PID|1||UH1', 'PV1|1|O', 'PID|2||UH2'),
    ),
  );
  assert.deepEqual(
    found.data.responses?.map(({ patient }) => patient?.ids?.[0]?.id),
    ['UH1', 'UH2'],
  );
});
