// The same SQL behind bare Fastify routes: no tenant, no permission, no validation, no GraphQL. What a read could cost at
// the least on this stack. Also a Mercurius server with JIT over 50 static objects (B11's peer).
import process from 'node:process';

import fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';

const [port, url, orderId, patientId, labId] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 16 });

const byOrder = (name: string, text: string) => ({ name, text });
const ORDER = byOrder('order', 'select * from lis_order.placed_order where lab_id = $1 and id = $2');
const LINES = byOrder('lines', 'select * from lis_order.order_line where lab_id = $1 and order_id = $2');
const RESULTS = byOrder('results', 'select * from lis_result.result where lab_id = $1 and order_id = $2');
const LAST = byOrder(
  'last',
  `select * from lis_result.result where lab_id = $1 and patient_id = $2 and analyte_code = $3 and status = 'authorised' order by authorised_at desc limit 5`,
);

const app = fastify();
app.get('/order', async () => {
  const [order, lines, results] = [
    await pool.query({ ...ORDER, values: [labId, orderId] }),
    await pool.query({ ...LINES, values: [labId, orderId] }),
    await pool.query({ ...RESULTS, values: [labId, orderId] }),
  ];
  return { order: order.rows[0], lines: lines.rows, results: results.rows };
});
app.get('/last', async () => (await pool.query({ ...LAST, values: [labId, patientId, 'HGB'] })).rows);

const things = Array.from({ length: 50 }, (_, index) => ({ id: String(index), name: `thing ${index}`, value: index }));
await app.register(mercurius, {
  schema: 'type Thing { id: ID! name: String! value: Int! } type Query { things: [Thing!]! }',
  resolvers: { Query: { things: () => things } },
  jit: 1,
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
process.stdout.write('ready\n');
