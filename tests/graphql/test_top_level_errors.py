"""What an error tells: its code and the request's id; of a bug nothing else."""

import pytest
from graphql import GraphQLError

from api.authentication import Caller
from api.graphql.access import Access
from api.graphql.errors import formatted
from commands.event_log import LogUnavailable
from commands.execute import PermissionMissing
from domain.directory.roles import Role
from tenancy.credentials import Credential, CredentialKind, Unauthenticated, context_of
from tenancy.roles import Permission
from tests.graphql.conftest import Ask
from tests.support.world import Tenant


def raised(error: Exception) -> GraphQLError:
    """An error as a resolver raises it: with a path around it."""
    return GraphQLError(str(error), path=["document", "markdown"], original_error=error)


def test_a_bugs_text_stays_with_us() -> None:
    # when
    shown = formatted(raised(KeyError("the secret")), "r1")
    # then
    assert shown == {
        "message": "Something went wrong on our side.",
        "path": ["document", "markdown"],
        "extensions": {"code": "INTERNAL", "requestId": "r1"},
    }


def test_a_bug_of_the_schema_is_masked_too() -> None:
    # when
    shown = formatted(GraphQLError("Int cannot represent 'secret'", path=["document", "version"]), "r1")
    # then
    assert shown["message"] == "Something went wrong on our side."


def test_a_log_that_takes_nothing_says_when_to_try_again() -> None:
    # when
    shown = formatted(raised(LogUnavailable("Too many writes are waiting.", retry_after_seconds=3)), "r1")
    # then
    assert shown["extensions"] == {
        "code": "UNAVAILABLE",
        "problem": "log.unavailable",
        "retryAfterSeconds": 3,
        "requestId": "r1",
    }


def test_a_refusal_keeps_its_stable_code_and_facts() -> None:
    # when
    shown = formatted(raised(PermissionMissing(Permission.MEMBER_READ)), "r1")
    # then
    assert shown["extensions"] == {
        "code": "FORBIDDEN",
        "problem": "permission.missing",
        "facts": {"permission": "member:read"},
        "requestId": "r1",
    }


@pytest.mark.parametrize("text", ["x" * 201, "a\0b"])
async def test_a_filter_that_no_title_has_is_refused(ask: Ask, acme: Tenant, text: str) -> None:
    # when
    answer = await ask(acme.ana, "query($f: DocumentFilter) { documents(filter: $f) { totalCount } }", f={"text": text})
    # then
    assert answer["errors"][0]["extensions"]["problem"] == "request.filter_refused"


async def test_a_right_that_is_taken_away_is_missed_at_the_next_look(acme: Tenant) -> None:
    # given
    def caller(role: Role) -> Caller:
        credential = Credential(
            kind=CredentialKind.KEY,
            tenant_id=acme.tenant_id,
            credential_id=acme.ana.key_id,
            member_id=acme.ana.member_id,
            role=role,
            scopes=("member:read",) if role is Role.ADMIN else (),
            expires_at=None,
            ended_at=None,
        )
        return Caller(context_of(credential, request_id="r1"), credential, b"digest")

    async def without_the_right() -> Caller:
        return caller(Role.ADMIN)

    access = Access(caller(Role.EDITOR), without_the_right, age_seconds_max=0)
    # when
    with pytest.raises(PermissionMissing):
        await access.still(Permission.DOCUMENT_READ)
    # then
    assert isinstance(access.lost, PermissionMissing)


async def test_a_credential_that_ended_is_missed_at_the_next_look(acme: Tenant) -> None:
    # given
    async def nobody() -> Caller:
        raise Unauthenticated

    credential = Credential(
        kind=CredentialKind.KEY,
        tenant_id=acme.tenant_id,
        credential_id=acme.ana.key_id,
        member_id=acme.ana.member_id,
        role=Role.EDITOR,
        scopes=(),
        expires_at=None,
        ended_at=None,
    )
    access = Access(Caller(context_of(credential, request_id="r1"), credential, b"digest"), nobody, age_seconds_max=0)
    # when
    with pytest.raises(Unauthenticated):
        await access.renewed()
    # then
    assert isinstance(access.lost, Unauthenticated)
