"""Provider accounts as a file lists them: checked once, at start, and refused in one line that names no secret."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from app.boot_files import Strict, checked, first_sentence
from app.scripts import read_script
from app.wiring.providers import AZURE_API_VERSION, Account
from gateway.contracts import Agreed
from gateway.providers.capabilities import Declared
from infra.start_refused import StartRefused

KEY_CHARACTERS_MAX = 10_000
NAME_CHARACTERS_MAX = 40
_NEEDS_A_KEY = frozenset({"azure", "openai", "anthropic"})
_NEEDS_AN_ADDRESS = frozenset({"azure", "compatible"})

Variable = Callable[[str], str | None]
Rate = Annotated[int | None, Field(ge=0, le=1_000_000_000_000)]


class Prices(Strict):
    """Micro-dollars per million tokens; what is not given is the list's."""

    input: Rate = None
    cache_read: Rate = None
    cache_write: Rate = None
    output: Rate = None
    reasoning: Rate = None

    def agreed(self) -> Agreed:
        return Agreed(**self.model_dump())


class Model(Strict):
    """What is said of one model of the account."""

    listed_as: str | None = None
    tools: bool | None = None
    structure: bool | None = None
    temperature: bool | None = None
    context_tokens_max: Annotated[int | None, Field(ge=1)] = None
    prices: Prices = Prices()

    def declared(self) -> Declared:
        return Declared(**self.model_dump(exclude={"prices"}))


class Deployment(Strict):
    """One account. Its key stands in a variable or in a file of its own, never here."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    kind: Literal["azure", "openai", "anthropic", "compatible", "scripted"]
    address: Annotated[str | None, Field(pattern=r"^https?://")] = None
    key_variable: Annotated[str | None, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = None
    key_file: Path | None = None
    api_version: str = AZURE_API_VERSION
    script_file: Path | None = None
    prices: Prices = Prices()
    models: dict[Annotated[str, Field(min_length=1, max_length=150)], Model] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        scripted = self.kind == "scripted"
        if self.name == "local":
            raise ValueError("the name local is that of the model in the process")
        if scripted != self.name.startswith("scripted"):
            raise ValueError("a name begins with `scripted` where the kind is scripted, and nowhere else")
        if self.script_file is not None and not scripted:
            raise ValueError("script_file is for the kind scripted")
        if self.key_variable is not None and self.key_file is not None:
            raise ValueError("key_variable and key_file exclude each other")
        if self.kind in _NEEDS_A_KEY and self.key_variable is None and self.key_file is None:
            raise ValueError("key_variable or key_file is missing")
        if self.kind in _NEEDS_AN_ADDRESS and self.address is None:
            raise ValueError("address is missing")
        return self

    def account(self, folder: Path, variable: Variable) -> Account:
        """Return it with its key. Raises ValueError."""
        return Account(
            name=self.name,
            kind=self.kind,
            key=self._key(folder, variable),
            address=self.address,
            api_version=self.api_version,
            agreed=self.prices.agreed(),
            models={name: model.declared() for name, model in self.models.items()},
            agreed_for_models={name: model.prices.agreed() for name, model in self.models.items()},
            script=None if self.script_file is None else read_script(folder / self.script_file),
        )

    def _key(self, folder: Path, variable: Variable) -> str:
        if self.key_variable is not None:
            if not (key := (variable(self.key_variable) or "").strip()):
                raise ValueError(f"the variable {self.key_variable} is not set")
            return key
        if self.key_file is not None:
            try:
                key = (folder / self.key_file).read_text()[:KEY_CHARACTERS_MAX].strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ValueError(f"key_file cannot be read: {type(error).__name__}") from None
            if not key:
                raise ValueError("key_file is empty")
            return key
        return "none"


class _File(Strict):
    deployments: list[dict[str, Any]]


def read_deployments(path: Path | None, variable: Variable) -> tuple[Account, ...]:
    """Return the accounts of a TOML or JSON file. Raises StartRefused."""
    if path is None:
        return ()
    accounts: dict[str, Account] = {}
    for number, given in enumerate(checked(path, _File).deployments, start=1):
        called = given.get("name")
        which = f"{path}: deployment {called[:NAME_CHARACTERS_MAX] if isinstance(called, str) else number}"
        try:
            account = Deployment.model_validate(given).account(path.parent, variable)
        except ValidationError as error:
            raise StartRefused(f"{which}: {first_sentence(error)}") from None
        except ValueError as error:
            raise StartRefused(f"{which}: {error}") from None
        if account.name in accounts:
            raise StartRefused(f"{which}: there are two of this name")
        accounts[account.name] = account
    return tuple(accounts.values())
