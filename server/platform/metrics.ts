// Prometheus metrics of one process. Labels are names of calls, services and codes; never ids, never health data (P7).
import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  callDone(call: string, code: string, seconds: number): void;
  eventDone(consumer: string, code: string): void;
  /** Counts something a service names itself, for example `hl7_messages_stored`. */
  count(name: string, labels: Readonly<Record<string, string>>, by?: number): void;
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = new Histogram({
    name: 'nidaan_call_seconds',
    help: 'Time of a call, by call and outcome code',
    labelNames: ['call', 'code'],
    buckets: SECONDS,
    registers: [registry],
  });
  const events = new Counter({
    name: 'nidaan_events_handled_total',
    help: 'Events handled, by consumer and outcome code',
    labelNames: ['consumer', 'code'],
    registers: [registry],
  });
  const counters = new Map<string, Counter>();
  return {
    registry,
    callDone: (call, code, seconds) => calls.observe({ call, code }, seconds),
    eventDone: (consumer, code) => events.inc({ consumer, code }),
    count: (name, labels, by = 1) => {
      let counter = counters.get(name);
      if (!counter) {
        counter = new Counter({
          name: `nidaan_${name}_total`,
          help: name,
          labelNames: Object.keys(labels),
          registers: [registry],
        });
        counters.set(name, counter);
      }
      counter.inc({ ...labels }, by);
    },
  };
}
