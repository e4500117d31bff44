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
import { SessionContext } from "./session/SessionContext";
import { NotFoundPage } from "./shell/NotFoundPage";
import { PageProblem } from "./shell/PageProblem";
import { Shell } from "./shell/Shell";

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
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

/** Only a path of this site: an address from outside must not send people elsewhere. */
function localPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}

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
    present({ at: position(search["at"]), history: search["history"] === true ? true : undefined }),
  component: lazyRouteComponent(() => import("./editor/DocumentPage"), "DocumentPage"),
});

const adminRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/admin",
  component: lazyRouteComponent(() => import("./admin/AdminPage"), "AdminPage"),
});

const auditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/audit",
  validateSearch: (search) => present({ after: position(search["after"]) }),
  component: lazyRouteComponent(() => import("./audit/AuditPage"), "AuditPage"),
});

const anywhereElseRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "$",
  component: NotFoundPage,
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    signedInRoute.addChildren([libraryRoute, documentRoute, adminRoute, auditRoute, anywhereElseRoute]),
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
