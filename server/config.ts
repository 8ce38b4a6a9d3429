// Every setting of Nidaan in one place. `.env.example` is made from it; start refuses bad ones all at once.
import * as kit from './platform/settings.ts';
import type { SettingsOf } from './platform/settings.ts';

export const settings = {
  dataDir: kit.text('DATA_DIR', 'Folder of the embedded database, files, secrets and logs', './data'),
  httpHost: kit.text('HTTP_HOST', 'Address the gateway listens on; 0.0.0.0 lets other machines in', 'localhost'),
  httpPort: kit.port('HTTP_PORT', 'Port of the gateway: GraphQL, start page, links on reports', 8000),
  publicUrl: kit.optionalText(
    'PUBLIC_URL',
    'Address patients reach the gateway by, in links and QR codes; http://localhost:HTTP_PORT when empty',
  ),
  hl7Host: kit.text('HL7_HOST', 'Address the HL7 listener binds', '0.0.0.0'),
  hl7Port: kit.port('HL7_PORT', 'Port of the HL7 v2 (MLLP) listener', 6661),
  astmHost: kit.text('ASTM_HOST', 'Address the ASTM listener binds', '0.0.0.0'),
  astmPort: kit.port('ASTM_PORT', 'Port of the ASTM (LIS1-A over TCP) listener', 6662),
  instrumentLab: kit.optionalText(
    'INSTRUMENT_LAB',
    'Code of the lab whose analyzers connect to these ports; the only lab when empty',
  ),
  hl7MaxBytes: kit.whole(
    'HL7_MAX_BYTES',
    'Largest HL7 message taken, bytes; a longer one is cut off',
    16_777_216,
    65_536,
    268_435_456,
  ),
  databaseUrl: kit.optionalText(
    'DATABASE_URL',
    'PostgreSQL 15 or later, as a role that may create roles; the embedded server when empty',
  ),
  databasePerService: kit.yesNo(
    'DATABASE_PER_SERVICE',
    'One database a service (lis_patient, lis_order …) instead of one schema a service',
    false,
  ),
  databaseConnections: kit.whole(
    'DATABASE_CONNECTIONS',
    'Most connections a process opens to one database',
    16,
    2,
    200,
  ),
  splitHost: kit.text('SPLIT_HOST', 'Address services listen on when they run in their own processes', '127.0.0.1'),
  portOffset: kit.whole(
    'PORT_OFFSET',
    'Added to the port of each service when split, so that two installations fit one machine',
    0,
    0,
    50_000,
  ),
  serviceUrls: kit.list(
    'SERVICE_URLS',
    'Where split services are, as name=url pairs with commas; SPLIT_HOST and the design ports when empty',
  ),
  callTimeoutMs: kit.whole(
    'CALL_TIMEOUT_MS',
    'Time limit of a call to another process, milliseconds',
    15_000,
    100,
    300_000,
  ),
  authSecret: kit.secret('AUTH_SECRET', 'Signs access tokens'),
  internalSecret: kit.secret('INTERNAL_SECRET', 'Signs the identity carried between our own processes'),
  linkSecret: kit.secret('LINK_SECRET', 'Signs file links and the check code on reports'),
  databaseSecret: kit.secret('DATABASE_SECRET', 'The passwords of the database roles are derived from it'),
  accessTokenSeconds: kit.whole('ACCESS_TOKEN_SECONDS', 'Life of an access token, seconds', 900, 30, 86_400),
  refreshTokenDays: kit.whole('REFRESH_TOKEN_DAYS', 'Life of a refresh token that is not used, days', 14, 1, 365),
  fileLinkSeconds: kit.whole('FILE_LINK_SECONDS', 'Life of a signed file link, seconds', 600, 10, 604_800),
  uploadMaxBytes: kit.whole('UPLOAD_MAX_BYTES', 'Largest upload, bytes', 52_428_800, 1024, 1_073_741_824),
  rateLimitPerMinute: kit.whole(
    'RATE_LIMIT_PER_MINUTE',
    'Requests a minute a client (a session, or an address before login)',
    100,
    1,
    1_000_000,
  ),
  loginFailuresAllowed: kit.whole(
    'LOGIN_FAILURES_ALLOWED',
    'Wrong passwords in a row before a login name is locked',
    5,
    1,
    100,
  ),
  loginLockMinutes: kit.whole('LOGIN_LOCK_MINUTES', 'How long a login name stays locked, minutes', 15, 1, 1440),
  corsOrigins: kit.list('CORS_ORIGINS', 'Web origins allowed to call the gateway, with commas'),
  trustProxy: kit.yesNo(
    'TRUST_PROXY',
    'Take the client address from X-Forwarded-For; only behind a proxy of your own',
    false,
  ),
  outboxKeepDays: kit.whole(
    'OUTBOX_KEEP_DAYS',
    'How long an event that every service has been told stays in the outbox, days',
    7,
    1,
    3650,
  ),
  inboxKeepDays: kit.whole(
    'INBOX_KEEP_DAYS',
    'How long a service remembers an event it has handled, days; more than OUTBOX_KEEP_DAYS',
    30,
    2,
    3651,
  ),
  demo: kit.yesNo('DEMO', 'Seed the demo lab and its logins on an empty database', true),
  logLevel: kit.choice('LOG_LEVEL', 'How much is logged', ['debug', 'info', 'warn', 'error'], 'info'),
  logFile: kit.optionalText(
    'LOG_FILE',
    'Where logs go: a path, or - for standard output; DATA_DIR/logs/nidaan.log when empty',
  ),
  otelEndpoint: kit.optionalText(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OpenTelemetry collector (OTLP over HTTP); no traces when empty',
  ),
  otelRatio: kit.share('OTEL_TRACES_SAMPLER_ARG', 'Share of requests that are traced, 0 to 1', 0.1),
} as const;

export type Settings = SettingsOf<typeof settings>;

/** Faults that no setting has alone. */
export function faultsBetween({ outboxKeepDays, inboxKeepDays }: Settings): readonly string[] {
  // Forgotten while it is still in an outbox, an event that comes again would take effect twice.
  return inboxKeepDays > outboxKeepDays ? [] : ['INBOX_KEEP_DAYS must be more than OUTBOX_KEEP_DAYS'];
}

/** Settings with what the installation derives from them filled in. */
export type Config = Settings & {
  readonly publicUrl: string;
  readonly logFile: string;
  readonly authSecret: string;
  readonly internalSecret: string;
  readonly linkSecret: string;
  readonly databaseSecret: string;
};
