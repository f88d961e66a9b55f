# One call to a model through a real instrumentation: traceloop or openinference. Addresses and words come from the test.
import os, sys
from openai import OpenAI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

if sys.argv[1] == "traceloop":
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor
else:
    from openinference.instrumentation.openai import OpenAIInstrumentor

provider = TracerProvider(resource=Resource.create({"service.name": "instrumented"}))
exporter = OTLPSpanExporter(endpoint=os.environ["TRACES_URL"], headers={"authorization": f"Bearer {os.environ['TRACES_KEY']}"})
provider.add_span_processor(BatchSpanProcessor(exporter))
OpenAIInstrumentor().instrument(tracer_provider=provider)
word = os.environ["WORD"]
OpenAI(base_url=os.environ["MODEL_URL"], api_key=f"sk-{word}").chat.completions.create(
    model="gpt-4o",
    messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": f"Where is {word} of jane.{word}@example.org?"}],
    user=word,
)
provider.shutdown()
