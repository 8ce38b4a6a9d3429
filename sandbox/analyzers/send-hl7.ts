// Sends one block over MLLP and gives the reply, as any HL7 sender would.
import { createMllpClient } from '@nidaan/mllp';

export interface SendHl7Options {
  readonly host: string;
  readonly port: number;
  /** The payload, without its frame. */
  readonly bytes: Uint8Array;
  readonly replyTimeoutMs?: number;
}

/** @throws MllpError when there is no connection or no reply in time */
export async function sendHl7({ host, port, bytes, replyTimeoutMs = 10_000 }: SendHl7Options): Promise<Uint8Array> {
  const client = await createMllpClient({ host, port, replyTimeoutMs });
  try {
    return await client.send(bytes);
  } finally {
    await client.close();
  }
}

/** MSA-1 of a reply: AA, AE, AR …; empty when there is none. */
export function ackCodeOf(reply: Uint8Array): string {
  return /(?:^|\r)MSA\|([A-Z]{2})/.exec(Buffer.from(reply).toString('latin1'))?.[1] ?? '';
}
