# One call to a model through a real instrumentation: traceloop or openinference, of openai or anthropic. Addresses and words come from the test.
import importlib, json, os, sys
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

library, api = sys.argv[1:]
package = {"traceloop": "opentelemetry", "openinference": "openinference"}[library]
module = importlib.import_module(f"{package}.instrumentation.{api}")
instrumentor = getattr(module, {"openai": "OpenAIInstrumentor", "anthropic": "AnthropicInstrumentor"}[api])

provider = TracerProvider(resource=Resource.create({"service.name": "instrumented"}))
exporter = OTLPSpanExporter(endpoint=os.environ["TRACES_URL"], headers={"authorization": f"Bearer {os.environ['TRACES_KEY']}"})
provider.add_span_processor(BatchSpanProcessor(exporter))
instrumentor().instrument(tracer_provider=provider)

word, url = os.environ["WORD"], os.environ["MODEL_URL"]
question = {"role": "user", "content": f"Where is {word} of jane.{word}@example.org?"}
nested = {"properties": {"a": {"type": "object", "properties": {word: {"type": "string", "description": json.dumps({"of": word})}}}}}
described = {"name": "look_up", "description": f"Looks {word} up"}
if api == "openai":
    import openai

    openai.OpenAI(base_url=url, api_key=f"sk-{word}").chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "system", "content": "Be brief."}, question],
        tools=[{"type": "function", "function": {**described, "parameters": {"type": "object", **nested}}}],
        metadata={"ticket": word},
        user=word,
    )
else:
    import anthropic

    anthropic.Anthropic(base_url=url.removesuffix("/v1"), api_key=f"sk-{word}").messages.create(
        model="claude-sonnet-5",
        max_tokens=100,
        system="Be brief.",
        messages=[question],
        tools=[{**described, "input_schema": {"type": "object", **nested}}],
        metadata={"user_id": word},
    )
provider.shutdown()
