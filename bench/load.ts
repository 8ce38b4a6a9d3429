// Load over HTTP from a process of its own (autocannon's worker), so that the generator does not share our event loop.
import autocannon from 'autocannon';

export interface HttpLoad {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly connections: number;
  readonly seconds: number;
}

/** Requests answered 2xx a second; any other answer fails the benchmark. */
export async function requestsPerSecond(load: HttpLoad): Promise<number> {
  const result = await autocannon({
    url: load.url,
    method: load.method ?? 'GET',
    ...(load.headers ? { headers: { ...load.headers } } : {}),
    ...(load.body === undefined ? {} : { body: load.body }),
    connections: load.connections,
    duration: load.seconds,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${load.url}: ${result.non2xx} refusals, ${result.errors} errors`);
  return result.requests.average;
}
