import { Button } from "@mantine/core";
import type { ReactNode } from "react";

import type { Revision } from "../server/resources";
import { actorName } from "../shell/actorName";
import { Icon } from "../shell/Icon";
import { Moment } from "../shell/Moment";
import classes from "./history.module.css";

interface BannerProps {
  position: number;
  /** Shown because something cites it, not because somebody turned back. */
  isCited: boolean;
  revision: Revision | undefined;
  backToNow: () => void;
  /** What can be done with it. */
  actions?: ReactNode;
}

export function PastBanner({ position, isCited, revision, backToNow, actions }: BannerProps) {
  return (
    <div className={classes.banner} role="status">
      <div className={classes.said}>
        <Icon name="history" />
        <p>
          <strong>{isCited ? "This is the text as it was cited." : "You are viewing the past."}</strong>{" "}
          {revision === undefined ? (
            <>As it stood at position {position}.</>
          ) : (
            <>
              Revision {revision.number} by {actorName(revision.author)}, <Moment at={revision.ended_at} />.
            </>
          )}{" "}
          It cannot be edited here.
        </p>
      </div>
      <div className={classes.actions}>
        {actions}
        <Button size="xs" onClick={backToNow}>
          Back to now
        </Button>
      </div>
    </div>
  );
}
