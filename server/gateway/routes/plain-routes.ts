// OpenAPI of the routes that are not calls: files, the report check page, health. Written by hand; api.test.ts holds it
// against the routes that exist.
const text = (description: string) => ({ description });
const errors = {
  '4XX': {
    description: 'Refused: code, sentence for a person, details, whether trying again helps',
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            error: {
              type: 'object',
              properties: {
                code: { type: 'string' },
                message: { type: 'string' },
                details: { type: 'object' },
                retry: { type: 'string', enum: ['permanent', 'transient', 'ambiguous'] },
                requestId: { type: 'string' },
              },
            },
          },
        },
      },
    },
  },
} as const;

/** Paths outside `/api`; each names the server without that prefix. */
export function plainRoutes(): Readonly<Record<string, object>> {
  const servers = [{ url: '/' }];
  return {
    '/files': {
      servers,
      post: {
        tags: ['files'],
        summary: 'Upload one file of up to 50 MB',
        requestBody: {
          required: true,
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['ownerType', 'ownerId', 'file'],
                properties: {
                  ownerType: { type: 'string', description: 'Before the file part', example: 'order' },
                  ownerId: { type: 'string', format: 'uuid', description: 'Before the file part' },
                  file: { type: 'string', format: 'binary' },
                },
              },
            },
          },
        },
        responses: { '201': text('Stored'), ...errors },
      },
    },
    '/files/{token}': {
      servers,
      get: {
        tags: ['files'],
        summary: 'A file by its signed link, until the link expires',
        security: [],
        parameters: [{ name: 'token', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { '200': text('The bytes'), ...errors },
      },
    },
    '/r/{code}': {
      servers,
      get: {
        tags: ['reports'],
        summary: 'The page behind the QR code of a report',
        security: [],
        parameters: [{ name: 'code', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          '200': text('Whether the report is genuine and current'),
          '404': text('No report carries this code'),
        },
      },
    },
    '/health': {
      servers,
      get: { tags: ['operation'], summary: 'The process lives', security: [], responses: { '200': text('ok') } },
    },
    '/ready': {
      servers,
      get: {
        tags: ['operation'],
        summary: 'The process can do its work',
        security: [],
        responses: { '200': text('ready'), '503': text('a database does not answer') },
      },
    },
    '/metrics': {
      servers,
      get: { tags: ['operation'], summary: 'Prometheus metrics', security: [], responses: { '200': text('metrics') } },
    },
  };
}
