"""Settings that change while Colophon runs, and the flags among them, as GraphQL shows and changes them."""

from enum import Enum
from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.ids import global_id, member_id_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.settings.change_setting import ChangeSetting
from commands.settings.reset_setting import ResetSetting
from commands.settings.roll_back_setting import RollBackSetting
from domain.ids import MemberId
from domain.settings.values import Kind, Scope, plain
from projections.policies import Binding
from tenancy.roles import Permission


@strawberry.enum(description="For whom a tenant's admin sets something.")
class SettingScope(Enum):
    TENANT = strawberry.enum_value("tenant", description="For the whole tenant.")
    MEMBER = strawberry.enum_value("member", description="For one of its members.")


@strawberry.type(description="A setting with the value that binds.")
class Setting(Node):
    key: str = strawberry.field(description="Its name in the registry.")
    type: str = strawberry.field(
        description="What it takes: flag, whole, share, names, choice, prices, words or patterns."
    )
    description: str = strawberry.field(description="What it does.")
    default: JSON = strawberry.field(description="What counts where nobody has set it.")
    unit: str | None = strawberry.field(description="What a number counts.")
    minimum: int | None = strawberry.field(description="The smallest number that it takes.")
    maximum: float | None = strawberry.field(description="The largest number that it takes.")
    choices: list[str] = strawberry.field(description="The values of a choice.")
    scopes: list[str] = strawberry.field(description="For whom it can be set: platform, tenant, member.")
    value: JSON = strawberry.field(description="What binds now.")
    set_by: str = strawberry.field(description="Where that comes from: default, platform, tenant or member.")
    version: int = strawberry.field(description="How often it was changed in the scope that was asked for.")

    @classmethod
    def of(cls, binding: Binding) -> Self:
        definition = binding.definition
        return cls(
            id=global_id("Setting", definition.key),
            key=definition.key,
            type=definition.kind,
            description=definition.description,
            default=JSON(plain(definition.default)),
            unit=definition.unit,
            minimum=definition.minimum,
            maximum=definition.maximum,
            choices=list(definition.choices),
            scopes=list(map(str, definition.scopes)),
            value=JSON(plain(binding.value)),
            set_by=_set_by(binding),
            version=binding.own_version,
        )


@strawberry.type(description="A feature that is on or off.")
class FeatureFlag(Node):
    key: str = strawberry.field(description="Its name in the registry.")
    enabled: bool = strawberry.field(description="Whether it is on for the caller.")
    variant: str | None = strawberry.field(description="Always null: a flag is on or off.")
    reason: str = strawberry.field(description="Who decided: default, platform, tenant or member.")

    @classmethod
    def of(cls, binding: Binding) -> Self:
        return cls(
            id=global_id("FeatureFlag", binding.definition.key),
            key=binding.definition.key,
            enabled=binding.value is True,
            variant=None,
            reason=_set_by(binding),
        )


def _set_by(binding: Binding) -> str:
    return "default" if binding.set_by is None else str(binding.set_by)


async def setting_node(operation: Operation, key: str) -> Node | None:
    """Return the setting of a global id, to whom may read settings."""
    if Permission.SETTINGS_READ not in operation.tenant.permissions:
        return None
    found = (await operation.platform.policies.bindings(operation.tenant.tenant_id, None)).get(key)
    return Setting.of(found) if found else None


async def flag_node(operation: Operation, key: str) -> Node | None:
    """Return the flag of a global id, as it is for the caller."""
    tenant = operation.tenant
    found = (await operation.platform.policies.bindings(tenant.tenant_id, tenant.member_id)).get(key)
    return FeatureFlag.of(found) if found and found.definition.kind is Kind.FLAG else None


@strawberry.type
class SettingsQuery:
    @resolved("Every setting with the value that binds the tenant.", Requires(Permission.SETTINGS_READ))
    async def settings(self, info: Info) -> list[Setting]:
        operation = info.context
        bindings = await operation.platform.policies.bindings(operation.tenant.tenant_id, None)
        return [Setting.of(binding) for binding in bindings.values()]

    @resolved("The features as they are for the caller.", Requires(None))
    async def feature_flags(self, info: Info) -> list[FeatureFlag]:
        tenant = info.context.tenant
        bindings = await info.context.platform.policies.bindings(tenant.tenant_id, tenant.member_id)
        return [FeatureFlag.of(b) for b in bindings.values() if b.definition.kind is Kind.FLAG]


@strawberry.input(description="A setting, and for whom.")
class _SettingInput:
    key: str = strawberry.field(description="Its name in the registry.")
    scope: SettingScope = strawberry.field(default=SettingScope.TENANT, description="For whom.")
    member_id: strawberry.ID | None = strawberry.field(default=None, description="Which member, with scope MEMBER.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse when the setting is no longer this version."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="Another value for a setting.")
class SettingChangeInput(_SettingInput):
    value: JSON = strawberry.field(description="What to set; its type is the setting's.")


@strawberry.input(description="A value to take back.")
class SettingResetInput(_SettingInput):
    pass


@strawberry.input(description="A former value to set again.")
class SettingRollbackInput(_SettingInput):
    version: int = strawberry.field(description="The version whose value it gets; 0 is the time before anybody set it.")


@strawberry.type(description="The setting after the change, or why there was none.")
class SettingPayload:
    setting: Setting | None = strawberry.field(default=None, description="As it binds after the change.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class SettingsMutation:
    @resolved("Give a setting a value.", Requires(Permission.SETTINGS_WRITE), AnswersRefusals(SettingPayload))
    async def setting_change(
        self,
        info: Info,
        input: Annotated[SettingChangeInput, strawberry.argument(description="Which, and its value.")],  # noqa: A002
    ) -> SettingPayload:
        command = ChangeSetting(
            key=input.key,
            scope=Scope[input.scope.name],
            value=input.value,
            member_id=_member(input.member_id),
            expected_version=input.expected_version,
        )
        return await _sent(info.context, command, input)

    @resolved("Take back what is set.", Requires(Permission.SETTINGS_WRITE), AnswersRefusals(SettingPayload))
    async def setting_reset(
        self,
        info: Info,
        input: Annotated[SettingResetInput, strawberry.argument(description="Which one.")],  # noqa: A002
    ) -> SettingPayload:
        command = ResetSetting(
            key=input.key,
            scope=Scope[input.scope.name],
            member_id=_member(input.member_id),
            expected_version=input.expected_version,
        )
        return await _sent(info.context, command, input)

    @resolved(
        "Give a setting a former value again.", Requires(Permission.SETTINGS_WRITE), AnswersRefusals(SettingPayload)
    )
    async def setting_rollback(
        self,
        info: Info,
        input: Annotated[SettingRollbackInput, strawberry.argument(description="Which one, to what.")],  # noqa: A002
    ) -> SettingPayload:
        command = RollBackSetting(
            key=input.key,
            scope=Scope[input.scope.name],
            version=input.version,
            member_id=_member(input.member_id),
            expected_version=input.expected_version,
        )
        return await _sent(info.context, command, input)


def _member(id_: str | None) -> MemberId | None:
    return None if id_ is None else member_id_in(id_)


async def _sent(operation: Operation, command: object, given: _SettingInput) -> SettingPayload:
    receipt = await send(operation, command, given.idempotency_key)
    bindings = await operation.platform.policies.bindings(operation.tenant.tenant_id, _member(given.member_id))
    return SettingPayload(setting=Setting.of(bindings[given.key]), receipt=WriteReceipt(position=receipt.position))
