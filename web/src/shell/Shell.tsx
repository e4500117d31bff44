import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { useSession } from "../session/SessionContext";
import { AccountMenu } from "./AccountMenu";
import { Brand } from "./Brand";
import { Nav } from "./Nav";
import { SchemeToggle } from "./SchemeToggle";
import classes from "./header.module.css";

/** What surrounds every page of somebody who is signed in. */
export function Shell() {
  const { tenant } = useSession();
  const main = useFocusOnArrival();
  return (
    <>
      <a href="#main" className="skip-link">
        Skip to content
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.home} aria-label="Colophon, to the library">
          <Brand />
        </Link>
        <span className={classes.tenant} title={`Tenant ${tenant.slug}`}>
          {tenant.name}
        </span>
        <Nav />
        <div className={classes.headerEnd}>
          <SchemeToggle />
          <AccountMenu />
        </div>
      </header>
      <main ref={main} id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
    </>
  );
}

/** A page that changed under the reader takes the focus, as a loaded page would; not the first one. */
function useFocusOnArrival() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}
