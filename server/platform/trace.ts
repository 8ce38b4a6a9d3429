// Spans around calls, events and jobs. Without an exporter configured the API does nothing and costs next to nothing.
import type { Attributes, Context } from '@opentelemetry/api';
import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';

import { ServiceError } from './errors.ts';

const tracer = trace.getTracer('nidaan');

/** Runs `work` in a span. Attributes hold names and ids only. */
export function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>, parent?: Context): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, parent ?? context.active(), async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        message: error instanceof ServiceError ? error.code : 'unexpected',
      });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The context of a `traceparent` that came with an event, a job or a request. */
export function contextOf(traceparent: string | null | undefined): Context {
  return traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : context.active();
}

export interface Tracing {
  stop(): Promise<void>;
}

/**
 * Sends spans to an OpenTelemetry collector over OTLP/HTTP, sampled by ratio. The SDK is loaded only when an endpoint
 * is set: it costs memory and start-up time that a small lab need not pay.
 */
export async function startTracing(options: {
  readonly endpoint: string;
  readonly ratio: number;
  readonly serviceName: string;
}): Promise<Tracing> {
  const [
    { NodeTracerProvider, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler },
    { OTLPTraceExporter },
    { resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.ratio) }),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/$/, '')}/v1/traces` })),
    ],
  });
  provider.register();
  return { stop: () => provider.shutdown() };
}
