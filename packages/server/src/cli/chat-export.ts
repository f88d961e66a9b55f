/** A model's call as an exporter sends it, in OTLP's JSON: what an outage is tried out with. */
export const chatExport = ({ traceId, spanId, text }: { readonly traceId: string; readonly spanId: string; readonly text: string }) => ({
  resourceSpans: [
    {
      resource: { attributes: [] },
      scopeSpans: [
        {
          scope: { name: 'drill' },
          spans: [
            {
              traceId,
              spanId,
              name: 'chat gpt-4o',
              kind: 3,
              startTimeUnixNano: '1790000000000000000',
              endTimeUnixNano: '1790000000500000000',
              attributes: Object.entries({
                'gen_ai.operation.name': 'chat',
                'gen_ai.request.model': 'gpt-4o',
                'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]),
              }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
            },
          ],
        },
      ],
    },
  ],
});
