import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";

import { problemOf } from "./server/problem";
import { loadSession } from "./session/loadSession";
import { localPath } from "./session/localPath";
import { SessionContext } from "./session/SessionContext";
import { NotFoundPage } from "./shell/NotFoundPage";
import { PageProblem } from "./shell/PageProblem";
import { Shell } from "./shell/Shell";

function text(value: unknown): string | undefined {
  // The router reads ?q=2026 as a number.
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

const PANELS = ["history", "ask", "suggestions", "comments"] as const;
const SEARCH_MODES = ["hybrid", "lexical", "semantic", "graph"] as const;
const USAGE_GROUPS = ["day", "member", "model", "document", "purpose"] as const;
const USAGE_DAYS = [1, 7, 30, 90] as const;

function oneOf<T>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

function position(value: unknown): number | undefined {
  const number = Number(value);
  return value !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** Leaves out what is absent, so that addresses stay short. */
function present<T extends object>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as never;
}

const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: ({ error, reset }) => <PageProblem problem={problemOf(error)} retry={reset} />,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search) => present({ problem: text(search["problem"]), next: text(search["next"]) }),
  beforeLoad: async ({ search }) => {
    const session = search.problem === undefined ? await loadSession() : null;
    if (session !== null) throw redirect({ href: localPath(search.next), reloadDocument: true });
  },
  component: lazyRouteComponent(() => import("./session/SignInPage"), "SignInPage"),
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitation",
  component: lazyRouteComponent(() => import("./session/InvitationPage"), "InvitationPage"),
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  loader: async ({ location }) => {
    const session = await loadSession();
    if (session === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
    return session;
  },
  staleTime: Number.POSITIVE_INFINITY,
  component: function SignedIn() {
    return (
      <SessionContext value={signedInRoute.useLoaderData()}>
        <Shell />
      </SessionContext>
    );
  },
});

const libraryRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/",
  validateSearch: (search) =>
    present({ text: text(search["text"]), archived: search["archived"] === true ? true : undefined }),
  component: lazyRouteComponent(() => import("./library/LibraryPage"), "LibraryPage"),
});

const documentRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/d/$id",
  validateSearch: (search) =>
    present({
      at: position(search["at"]),
      panel: oneOf(search["panel"], PANELS),
      // What a citation points at: top-level blocks, and code points of the plain text, both half-open.
      block: text(search["block"]),
      chars: text(search["chars"]),
    }),
  component: lazyRouteComponent(() => import("./editor/DocumentPage"), "DocumentPage"),
});

const searchRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/search",
  validateSearch: (search) => present({ q: text(search["q"]), mode: oneOf(search["mode"], SEARCH_MODES) }),
  component: lazyRouteComponent(() => import("./search/SearchPage"), "SearchPage"),
});

const entityRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/entities/$id",
  component: lazyRouteComponent(() => import("./entities/EntityPage"), "EntityPage"),
});

const glossaryRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/glossary",
  validateSearch: (search) => present({ text: text(search["text"]) }),
  component: lazyRouteComponent(() => import("./glossary/GlossaryPage"), "GlossaryPage"),
});

const assistantRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/assistant/{-$id}",
  component: lazyRouteComponent(() => import("./assistant/AssistantPage"), "AssistantPage"),
});

const usageRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/usage",
  validateSearch: (search) =>
    present({ by: oneOf(search["by"], USAGE_GROUPS), days: oneOf(Number(search["days"]), USAGE_DAYS) }),
  component: lazyRouteComponent(() => import("./usage/UsagePage"), "UsagePage"),
});

const tracesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/traces",
  validateSearch: (search) =>
    present({
      outcome: text(search["outcome"]),
      model: text(search["model"]),
      purpose: text(search["purpose"]),
      endpoint: text(search["endpoint"]),
      tag: text(search["tag"]),
      request_id: text(search["request_id"]),
      member_id: text(search["member_id"]),
      latency_milliseconds_min: text(search["latency_milliseconds_min"]),
      from: text(search["from"]),
    }),
  component: lazyRouteComponent(() => import("./traces/TracesPage"), "TracesPage"),
});

const adminRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/admin/{-$section}",
  component: lazyRouteComponent(() => import("./admin/AdminPage"), "AdminPage"),
});

const auditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audit/{-$section}",
  validateSearch: (search) =>
    present({
      from: text(search["from"]),
      to: text(search["to"]),
      actor: text(search["actor"]),
      action: text(search["action"]),
      subject: text(search["subject"]),
      text: text(search["text"]),
    }),
  component: lazyRouteComponent(() => import("./audit/AuditPage"), "AuditPage"),
});

const accountRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./session/AccountPage"), "AccountPage"),
});

const anywhereElseRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "$",
  component: NotFoundPage,
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    invitationRoute,
    signedInRoute.addChildren([
      libraryRoute,
      documentRoute,
      searchRoute,
      entityRoute,
      glossaryRoute,
      assistantRoute,
      usageRoute,
      tracesRoute,
      auditRoute,
      adminRoute,
      accountRoute,
      anywhereElseRoute,
    ]),
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
