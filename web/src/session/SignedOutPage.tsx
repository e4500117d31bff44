import type { ReactNode } from "react";

import { Brand } from "../shell/Brand";
import { SchemeToggle } from "../shell/SchemeToggle";
import classes from "./signIn.module.css";

/** What surrounds a page of somebody who is not signed in. */
export function SignedOutPage({ children }: { children: ReactNode }) {
  return (
    <div>
      <div className={classes.corner}>
        <SchemeToggle />
      </div>
      <main className={classes.main}>
        <div className={classes.card}>
          <Brand />
          {children}
        </div>
        <p className={classes.foot}>
          A colophon is the note at the end of a book that says who made it, how, and from what.
        </p>
      </main>
    </div>
  );
}
