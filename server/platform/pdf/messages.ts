// What travels between the renderer and its worker threads; plain data only.

export type RenderJob = {
  /** Absolute path of the .typ file; its folder is all the template can read. */
  readonly templatePath: string;
  /** The data as JSON text. */
  readonly json: string;
  readonly assets: readonly (readonly [name: string, bytes: Uint8Array])[];
  /** Creation date written into the PDF, seconds since 1970 UTC. */
  readonly createdAtSeconds: number;
};

export type RenderReply =
  | { readonly pdf: Uint8Array<ArrayBuffer> }
  | { readonly failed: string; readonly diagnostics: readonly string[] };

export type WorkerSettings = { readonly fontDirs: readonly string[] };
