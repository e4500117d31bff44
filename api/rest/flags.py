"""Feature flags: the settings that are on or off, under a shorter name."""

from typing import Literal

from fastapi import APIRouter, Response

from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.rest.models import ReceiptModel, Wire
from api.rest.settings import ForWhom, OfMember, SettingsReader, ValueToSet, change_setting
from domain.settings.registry import UnknownSetting, definition_of
from domain.settings.values import Kind, Scope
from projections.policies import Binding

router = APIRouter(prefix="/api/v1", tags=["settings"])


class FlagModel(Wire):
    key: str
    description: str
    enabled: bool
    scopes: list[Scope]
    set_by: Literal["default", "platform", "tenant", "member"]
    version: int


class FlagList(Wire):
    items: list[FlagModel]
    next_cursor: None = None


class FlagAnswer(FlagModel):
    receipt: ReceiptModel


class FlagToSet(Wire):
    enabled: bool


@router.get("/flags")
async def list_flags(caller: SettingsReader, platform: PlatformDep) -> FlagList:
    """List the flags as they are for the tenant."""
    bindings = await platform.policies.bindings(caller.context.tenant_id, None)
    return FlagList(items=[_flag(b) for b in bindings.values() if b.definition.kind is Kind.FLAG])


@router.put("/flags/{key}")
async def put_flag(
    key: str,
    wanted: FlagToSet,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
    scope: ForWhom = "tenant",
    member_id: OfMember = None,
) -> FlagAnswer:
    """Turn a flag on or off."""
    if definition_of(key).kind is not Kind.FLAG:
        raise UnknownSetting(key)
    value = ValueToSet(value=wanted.enabled)
    done = await change_setting(key, value, context, expected_version, platform, response, scope, member_id)
    said = done.model_dump(include={"key", "description", "scopes", "set_by", "version", "receipt"})
    return FlagAnswer.model_validate({**said, "enabled": done.value})


def _flag(binding: Binding) -> FlagModel:
    return FlagModel(
        key=binding.definition.key,
        description=binding.definition.description,
        enabled=binding.value is True,
        scopes=list(binding.definition.scopes),
        set_by="default" if binding.set_by is None else binding.set_by.value,
        version=binding.own_version,
    )
