"""Settings that change while Colophon runs: what binds and who set it, change, take back, history, roll back."""

from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, JsonValue

from api.actors import named
from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.platform import Platform
from api.rest.models import ActorModel, ReceiptModel, Wire, receipt_model
from api.rest.reading import Limit, NeedsPermission
from commands.directory.members import require_member
from commands.event_log import CommandContext, Receipt
from commands.settings.change_setting import ChangeSetting
from commands.settings.reset_setting import ResetSetting
from commands.settings.roll_back_setting import RollBackSetting
from commands.settings.setting_stream import load_setting_history
from domain.directory.decisions import DetailsRefused
from domain.ids import MemberId
from domain.settings.registry import definition_of
from domain.settings.values import Kind, Scope, plain
from projections.policies import Binding
from tenancy.context import TenantContext
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["settings"])

SettingsReader = Annotated[Caller, Depends(NeedsPermission(Permission.SETTINGS_READ))]
ForWhom = Annotated[Literal["tenant", "member"], Query(alias="scope", description="Whose setting.")]
OfMember = Annotated[UUID | None, Query(description="Which member's, with scope=member.")]


class SettingModel(Wire):
    """`value` is the one that binds, and `set_by` who set it; `version` is that of the scope asked for."""

    key: str
    type: Kind
    description: str
    default: JsonValue
    unit: str | None
    minimum: int | None
    maximum: int | None
    choices: list[str]
    characters_max: int | None
    scopes: list[Scope]
    value: JsonValue
    set_by: Literal["default", "platform", "tenant", "member"]
    version: int


class SettingList(Wire):
    items: list[SettingModel]
    next_cursor: None = None


class SettingAnswer(SettingModel):
    receipt: ReceiptModel


class ValueToSet(Wire):
    value: JsonValue


class FormerVersion(Wire):
    version: Annotated[int, Field(ge=0, description="0 is the time before anybody set it.")]


class ChangeModel(Wire):
    """`value` is null where it was taken back, `reason` empty where nobody gave one."""

    version: int
    value: JsonValue
    reason: str
    changed_at: datetime
    changed_by: ActorModel


class ChangePage(Wire):
    items: list[ChangeModel]
    next_cursor: str | None


@router.get("/settings")
async def list_settings(
    caller: SettingsReader, platform: PlatformDep, scope: ForWhom = "tenant", member_id: OfMember = None
) -> SettingList:
    """List every setting with the value that binds the tenant, or one of its members."""
    bindings = await _bindings(platform, caller.context, scope, member_id)
    return SettingList(items=[setting_model(binding) for binding in bindings.values()])


@router.get("/settings/{key}")
async def get_setting(
    key: str,
    caller: SettingsReader,
    platform: PlatformDep,
    response: Response,
    scope: ForWhom = "tenant",
    member_id: OfMember = None,
) -> SettingModel:
    """Return one setting."""
    definition_of(key)
    found = setting_model((await _bindings(platform, caller.context, scope, member_id))[key])
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.put("/settings/{key}")
async def change_setting(
    key: str,
    wanted: ValueToSet,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
    scope: ForWhom = "tenant",
    member_id: OfMember = None,
) -> SettingAnswer:
    """Set it; with If-Match only if nobody has changed it since you looked."""
    command = ChangeSetting(
        key=key,
        scope=Scope(scope),
        value=wanted.value,
        member_id=_member(member_id),
        expected_version=expected_version,
    )
    return await _done(platform, context, key, member_id, await platform.executor.execute(command, context), response)


@router.delete("/settings/{key}")
async def reset_setting(
    key: str,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
    scope: ForWhom = "tenant",
    member_id: OfMember = None,
) -> SettingAnswer:
    """Take back what is set here: the platform's value, or the default, counts again."""
    command = ResetSetting(key=key, scope=Scope(scope), member_id=_member(member_id), expected_version=expected_version)
    return await _done(platform, context, key, member_id, await platform.executor.execute(command, context), response)


@router.post("/settings/{key}/rollback")
async def roll_back_setting(
    key: str,
    wanted: FormerVersion,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
    scope: ForWhom = "tenant",
    member_id: OfMember = None,
) -> SettingAnswer:
    """Give it the value again that it had in a former version; that is a new change."""
    command = RollBackSetting(
        key=key,
        scope=Scope(scope),
        version=wanted.version,
        member_id=_member(member_id),
        expected_version=expected_version,
    )
    return await _done(platform, context, key, member_id, await platform.executor.execute(command, context), response)


@router.get("/settings/{key}/history")
async def list_changes(
    key: str,
    caller: SettingsReader,
    platform: PlatformDep,
    scope: ForWhom = "tenant",
    member_id: OfMember = None,
    limit: Limit = 50,
    cursor: Annotated[int | None, Query(ge=1, description="Only versions below this.")] = None,
) -> ChangePage:
    """List who set it to what, newest first."""
    changes = await load_setting_history(platform.log, key, Scope(scope), _member(member_id), caller.context)
    older = [change for change in reversed(changes) if cursor is None or change.version < cursor]
    async with platform.reads.as_app(caller.context) as connection:
        actors = await named(connection, caller.context.tenant_id, [str(c.changed_by) for c in older[:limit]])
    items = [
        ChangeModel(
            version=change.version,
            value=cast("JsonValue", plain(change.value)),
            reason=change.reason,
            changed_at=change.changed_at,
            changed_by=ActorModel.model_validate(actors[str(change.changed_by)]),
        )
        for change in older[:limit]
    ]
    return ChangePage(items=items, next_cursor=str(items[-1].version) if len(older) > limit else None)


def setting_model(binding: Binding) -> SettingModel:
    """Return a setting as it goes over the wire."""
    return SettingModel.model_validate(_members(binding))


def _members(binding: Binding) -> dict[str, object]:
    definition = binding.definition
    return {
        "key": definition.key,
        "type": definition.kind,
        "description": definition.description,
        "default": plain(definition.default),
        "unit": definition.unit,
        "minimum": definition.minimum,
        "maximum": definition.maximum,
        "choices": list(definition.choices),
        "characters_max": definition.characters_max,
        "scopes": list(definition.scopes),
        "value": plain(binding.value),
        "set_by": "default" if binding.set_by is None else str(binding.set_by),
        "version": binding.own_version,
    }


async def _bindings(
    platform: Platform, context: TenantContext, scope: str, member_id: UUID | None
) -> dict[str, Binding]:
    if (scope == "member") is not (member_id is not None):
        raise DetailsRefused("member_id", "Say which member with scope=member, and only then.")
    if member_id is not None:
        await require_member(platform.log, MemberId(member_id), context)
    return dict(await platform.policies.bindings(context.tenant_id, member_id))


async def _done(
    platform: Platform, context: CommandContext, key: str, member_id: UUID | None, receipt: Receipt, response: Response
) -> SettingAnswer:
    binding = (await platform.policies.bindings(context.tenant.tenant_id, member_id))[key]
    response.headers["ETag"] = f'"{receipt.stream_version}"'
    return SettingAnswer.model_validate({**_members(binding), "receipt": receipt_model(receipt)})


def _member(member_id: UUID | None) -> MemberId | None:
    return None if member_id is None else MemberId(member_id)
