// The smallest Fastify server: the yardstick of a start.
import process from 'node:process';

import fastify from 'fastify';

const app = fastify();
app.get('/health', async () => ({ status: 'ok' }));
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
