"""create_app(colophon) -> the ASGI application of one or both planes."""

import asyncio
from enum import StrEnum
from typing import Any

from fastapi import FastAPI

from api import problems, static_site
from api.anthropic import routes as anthropic
from api.conversations.socket import router as live_conversations
from api.graphql.router import create_graphql_router
from api.live.backlogs import Backlogs
from api.live.entrance import ENTERING_MAX
from api.live.http_router import router as live_over_http
from api.live.http_sessions import HttpSessions
from api.live.places import Places
from api.live.rate import Rates
from api.live.rights import Renewals
from api.live.router import router as live
from api.middleware import BodyLimit, RequestContext
from api.openai import embeddings, models
from api.openai import routes as openai
from api.rest import (
    audit,
    audit_reports,
    comment_replies,
    comments,
    confidence,
    content,
    content_import,
    conversations,
    diff,
    documents,
    entities,
    erasures,
    evaluations,
    flags,
    generations,
    health,
    history,
    invitations,
    keys,
    members,
    mentions,
    moderation,
    people,
    plans,
    problem_pages,
    provenance,
    providers,
    ratings,
    revisions,
    search,
    semantic_cache,
    session,
    settings,
    sharing,
    sign_in,
    suggestions,
    templates,
    tenant,
    terms,
    trace_contents,
    traces,
    usage,
    usage_exports,
    versions,
)
from api.rest.description import DescribedApp, describe
from api.rest.followers import Followers
from app.bootstrap import Colophon


class Plane(StrEnum):
    """The data plane keeps serving when the control plane is down."""

    DATA = "data"
    CONTROL = "control"


_SHARED = (
    session.router,
    sign_in.router,
    invitations.router,
    members.router,
    keys.router,
    tenant.router,
    audit.router,
    audit_reports.router,
    erasures.router,
    plans.router,
    settings.router,
    flags.router,
    usage.router,
    semantic_cache.router,
    confidence.router,
    usage_exports.router,
    providers.router,
    traces.router,
    trace_contents.router,
    moderation.router,
)
"""Who is signed in, who is a member, what happened: pages of both planes ask."""

_DATA = (
    # First, because paths are compared one after the other, and this one is asked most often.
    openai.router,
    generations.router,
    ratings.router,
    evaluations.router,
    suggestions.router,
    comments.router,
    comment_replies.router,
    mentions.router,
    documents.router,
    content.router,
    content_import.router,
    live_over_http,
    revisions.router,
    history.router,
    versions.router,
    diff.router,
    provenance.router,
    sharing.router,
    people.router,
    models.router,
    anthropic.router,
    embeddings.router,
    search.router,
    entities.router,
    templates.router,
    terms.router,
    conversations.router,
)


def create_app(colophon: Colophon, *, planes: frozenset[Plane] = frozenset(Plane)) -> FastAPI:
    """Return the application; whoever calls starts and stops the platform."""
    platform = colophon.platform
    app = DescribedApp(version=platform.version, docs_url=None, redoc_url=None)
    app.state.platform = platform
    app.state.rooms = colophon.rooms
    app.state.rates = Rates(platform.limits)
    app.state.places = Places(platform.limits)
    app.state.backlogs = Backlogs(platform.limits)
    app.state.entering = asyncio.Semaphore(ENTERING_MAX)
    app.state.http_sessions = HttpSessions(platform.limits)
    app.state.followers = Followers()
    app.state.renewals = Renewals(platform.credentials, platform.now)
    problems.install(app)
    app.add_middleware(BodyLimit, bytes_max=platform.limits.request_body_bytes_max)
    app.add_middleware(RequestContext)
    routers = [health.router]
    if Plane.DATA in planes:
        routers += _DATA
    if planes:
        routers += [*_SHARED, problem_pages.router]
    # Their routes as they are: an included router is compared with in a time of its own, by every request.
    app.router.routes += [route for router in routers for route in router.routes]
    if Plane.DATA in planes:
        app.include_router(create_graphql_router(platform))
        app.include_router(live)
        app.include_router(live_conversations)
    if planes:
        # Last: it takes every path that nothing else wants.
        app.include_router(static_site.router)
    return app


def openapi_document() -> dict[str, Any]:
    """Return the REST description without starting anything."""
    routes = [route for router in (*_SHARED, *_DATA) for route in router.routes]
    return describe(routes, version="1")
