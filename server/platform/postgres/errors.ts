// Faults of the embedded database, each a stable code and one sentence a person can act on.

export const EmbeddedPostgresFault = {
  /** Another living process holds this data folder. */
  dataInUse: 'data_in_use',
  /** The data folder cannot be written by us; the sentence names the path. */
  dataNotWritable: 'data_not_writable',
  /** The data folder belongs to another PostgreSQL major version. */
  dataVersion: 'data_version',
  diskFull: 'disk_full',
  /** No PostgreSQL for this platform is installed, or it cannot be run here. */
  noBinaries: 'no_binaries',
  /** The port asked for by the caller is taken. Never raised for a port we picked ourselves. */
  portInUse: 'port_in_use',
  startFailed: 'start_failed',
  stopFailed: 'stop_failed',
} as const;
export type EmbeddedPostgresFault = (typeof EmbeddedPostgresFault)[keyof typeof EmbeddedPostgresFault];

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresFault;

  constructor(code: EmbeddedPostgresFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns a file system error met inside the data folder into a sentence; anything unknown comes back unchanged. */
export function dataFolderError(error: unknown, path: string): unknown {
  if (error instanceof EmbeddedPostgresError) return error;
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new EmbeddedPostgresError('disk_full', `The disk that holds the database folder ${path} is full.`, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
      return new EmbeddedPostgresError(
        'data_not_writable',
        `The database folder ${path} cannot be written by this user (${String(systemCode(error))}).`,
        error,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new EmbeddedPostgresError('data_not_writable', `The database folder ${path} is not a folder.`, error);
    default:
      return error;
  }
}
