// The services of an installation, loaded by name.
import type { ServiceDefinition } from '#platform/service.ts';

export const serviceNames = [
  'organization',
  'user',
  'patient',
  'order',
  'sample',
  'result',
  'report',
  'file',
  'integration',
  'qc',
  'equipment',
  'inventory',
  'autoverify',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Loads services side by side; importing is the larger part of a start. */
export async function loadServices(
  names: readonly ServiceName[] = serviceNames,
): Promise<readonly ServiceDefinition[]> {
  return Promise.all(
    names.map(async (name) => {
      const module: { readonly service: ServiceDefinition } = await import(`../services/${name}/service.ts`);
      return module.service;
    }),
  );
}
