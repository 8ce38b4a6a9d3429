// One event on its way between services, in CloudEvents 1.0 form (JSON format, structured mode).
import * as z from 'zod';

export const Envelope = z.object({
  specversion: z.literal('1.0'),
  /** Event id; a consumer remembers it. */
  id: z.uuid(),
  /** `nidaan/<service>` */
  source: z.string(),
  type: z.string(),
  /** The entity, in whose order events arrive. */
  subject: z.uuid(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  /** Extension attributes: lower case, letters and digits only, as CloudEvents 1.0 section 3.1 wants. */
  labid: z.uuid(),
  dataversion: z.int(),
  requestid: z.string(),
  traceparent: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type Envelope = z.output<typeof Envelope>;

/** Carries envelopes to a subscriber's inbox; resolves when they are stored there. */
export interface Transport {
  deliver(subscriber: string, envelopes: readonly Envelope[]): Promise<void>;
}
