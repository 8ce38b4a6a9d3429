// Calls a second: the same call in one process and between two, side by side. A figure for the note, with a floor that
// tells when something broke.
import type { Outcome } from './harness.ts';
import { compare } from './harness.ts';
import { startBenchLab } from './lab.ts';
import { requestsPerSecond } from './load.ts';

export async function bench(): Promise<readonly Outcome[]> {
  const whole = await startBenchLab();
  const split = await startBenchLab({ isSplit: true });
  const side = (name: string, lab: typeof whole) => ({
    name,
    round: () =>
      requestsPerSecond({
        url: `${lab.url}/api/organization/getLab`,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${lab.admin.token ?? ''}` },
        body: '{}',
        connections: 16,
        seconds: 3,
      }),
  });
  try {
    return [
      await compare({
        name: 'Calls through the gateway',
        unit: 'calls/s',
        ours: side('split (gateway and service apart)', split),
        peer: side('one process', whole),
        goal: 0.1,
      }),
    ];
  } finally {
    await split.stop();
    await whole.stop();
  }
}
