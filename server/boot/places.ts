// Where each service answers when it runs in a process of its own.
import type { ServiceDefinition } from '#platform/service.ts';

import type { Config } from '../config.ts';
import { StartError } from './start-error.ts';

export interface Places {
  portOf(service: string): number;
  urlOf(service: string): string;
}

export function readPlaces(config: Config, everyService: readonly ServiceDefinition[]): Places {
  const given = new Map(
    config.serviceUrls.map((pair) => {
      const [name, url] = pair.split('=', 2);
      if (name === undefined || url === undefined || !URL.canParse(url)) {
        throw new StartError(`Bad settings: SERVICE_URLS must be name=url pairs, got "${pair}".`);
      }
      return [name.trim(), url.trim().replace(/\/$/, '')];
    }),
  );
  const portOf = (service: string): number => {
    const definition = everyService.find((each) => each.name === service);
    if (!definition) throw new Error(`There is no service named ${service}`);
    return definition.port + config.portOffset;
  };
  return { portOf, urlOf: (service) => given.get(service) ?? `http://${config.splitHost}:${portOf(service)}` };
}
