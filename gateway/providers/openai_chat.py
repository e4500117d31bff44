"""OpenAI's chat completions: at OpenAI, at Azure, and at every server that speaks the same protocol."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.calls import ToolCall
from gateway.providers import failures
from gateway.providers.capabilities import Declared, capabilities_of
from gateway.providers.embedding import Embedded
from gateway.providers.loading import loaded
from gateway.providers.moderating import categories_of
from gateway.providers.openai_heard import read
from gateway.providers.openai_stream import chunks_of
from gateway.providers.openai_wire import headers, parameters, vectors_of
from gateway.providers.port import Capabilities, Piece, ProviderCall, ProviderFailed, Used
from gateway.tokens import tokens_about

MODEL_CHARACTERS_MAX = 200
CONNECT_SECONDS_MAX = 5.0
READ_SECONDS_MAX = 120.0
"""Between two bytes; the gateway's own deadlines are shorter."""

_WHAT_IT_IS: Final = {
    "openai": "Models of OpenAI.",
    "azure": "Models of OpenAI at Azure.",
    "compatible": "Models behind a server that speaks OpenAI's protocol.",
}

_TELLS_LOGPROBS: Final = frozenset({"openai", "azure"})
"""Other servers may refuse a call that asks for them."""


@dataclass(slots=True, kw_only=True)
class OpenAiChat:
    """Implements gateway.providers.port.Provider; the client is made at the first call."""

    name: str
    kind: str
    api_key: str = field(repr=False)
    base_url: str | None = None
    azure_api_version: str | None = None
    declared: Mapping[str, Declared] = field(default_factory=dict)
    offline: bool = False
    _client: Any = None

    @property
    def what_it_is(self) -> str:
        return _WHAT_IT_IS[self.kind]

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(self.declared)

    def offers(self, model: str) -> bool:
        return 0 < len(model) <= MODEL_CHARACTERS_MAX

    def capabilities(self, model: str) -> Capabilities:
        return capabilities_of(self.kind, model, self.declared.get(model))

    def confidence(self, call: ProviderCall) -> float | None:
        """Return None: a hosted model does not tell before it answers."""
        del call
        return None

    async def reach(self) -> None:
        """Ask for the list of models. Raises ProviderFailed."""
        await loaded("openai")
        import openai  # noqa: PLC0415  # heavy; only when the provider is first used

        with failures.told_of(openai):
            await self._made(openai).models.list()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def stream(self, call: ProviderCall) -> AsyncIterator[Piece | ToolCall | Used]:
        """Yield the answer. Raises ProviderFailed."""
        await loaded("openai")
        import openai  # noqa: PLC0415  # heavy; only when the provider is first used

        can = self.capabilities(call.model)
        # Azure's dated interfaces refuse what is younger than their date.
        keyed = self.kind != "compatible" and self.azure_api_version is None
        sent = parameters(call, older=self.kind == "compatible", structured=can.structure, keyed=keyed)
        if call.logprobs and self.kind in _TELLS_LOGPROBS and can.temperature:
            # Models that reason take no temperature, and tell no probabilities.
            sent["logprobs"] = True
        try:
            # Its resources would check each parameter against types, and make an object of each word.
            begun = await self._made(openai).post(
                "/chat/completions", body=sent, cast_to=object,
                options={"security": {"bearer_auth": True}, "headers": headers(call, self.kind)},
                stream=True, stream_cls=openai.AsyncStream[object],
            )  # fmt: skip
            received = begun.response.aiter_bytes()
            async with begun, aclosing(chunks_of(received)) as chunks, aclosing(read(chunks)) as items:
                async for item in items:
                    yield item
        except ProviderFailed:
            raise
        except openai.APIStatusError as error:
            raise failures.of_status(error.status_code, error.response.headers) from None
        except Exception as error:  # noqa: BLE001  # its transport raises what it likes in mid-stream
            if type(error) is openai.APIError:
                raise failures.in_stream(error.body) from None
            raise failures.of_transport(error, timed_out=isinstance(error, openai.APITimeoutError)) from None

    async def embed(self, model: str, texts: Sequence[str], *, dimensions: int | None) -> Embedded:
        """Return a vector for each text; see gateway.providers.embedding. Raises ProviderFailed."""
        await loaded("openai")
        import openai  # noqa: PLC0415  # heavy; only when the provider is first used

        length = {} if dimensions is None else {"dimensions": dimensions}
        with failures.told_of(openai):
            made = await self._made(openai).embeddings.create(
                model=model, input=list(texts), encoding_format="float", **length
            )
        if (vectors := vectors_of(made, len(texts))) is None:
            raise failures.of_transport(ValueError(), timed_out=False)
        told = getattr(getattr(made, "usage", None), "prompt_tokens", None)
        # What is not counted there is counted here: an answer that nobody pays for is no answer.
        return Embedded(vectors, told or sum(tokens_about(text) for text in texts))

    async def moderate(self, model: str, text: str) -> tuple[str, ...]:
        """Return the categories that a text falls into; see gateway.providers.moderating. Raises ProviderFailed."""
        await loaded("openai")
        import openai  # noqa: PLC0415  # heavy; only when the provider is first used

        with failures.told_of(openai):
            judged = await self._made(openai).moderations.create(model=model, input=text)
        if (found := categories_of(judged)) is None:
            raise failures.of_transport(ValueError(), timed_out=False)
        return found

    def _made(self, openai: Any) -> Any:
        if self._client is None:
            timeout = openai.Timeout(READ_SECONDS_MAX, connect=CONNECT_SECONDS_MAX)
            # The gateway tries again itself, elsewhere and within its deadline.
            common: dict[str, Any] = {"api_key": self.api_key, "timeout": timeout, "max_retries": 0}
            http = openai.DefaultAioHttpClient(timeout=timeout)
            if self.azure_api_version is not None:
                self._client = openai.AsyncAzureOpenAI(
                    azure_endpoint=self.base_url, api_version=self.azure_api_version, http_client=http, **common
                )
            else:
                self._client = openai.AsyncOpenAI(base_url=self.base_url, http_client=http, **common)
        return self._client
