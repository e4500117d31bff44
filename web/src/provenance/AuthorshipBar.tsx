import type { Authorship } from "./authorship";
import { AuthorshipButton, useIsOffered } from "./AuthorshipButton";
import { AuthorshipLegend } from "./AuthorshipLegend";
import classes from "./authorship.module.css";

/** The legend, and for whoever has no toolbar the switch. */
export function AuthorshipBar({ authorship, hasButton }: { authorship: Authorship; hasButton: boolean }) {
  const isOffered = useIsOffered();
  return (
    <>
      {hasButton && isOffered && (
        <div className={classes.viewer}>
          <AuthorshipButton authorship={authorship} />
        </div>
      )}
      <AuthorshipLegend authorship={authorship} mayWrite={!hasButton} />
    </>
  );
}
