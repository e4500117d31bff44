import { Button, Group, NumberInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import classes from "./audit.module.css";

interface Props {
  after: number;
  nextAfter: number | null;
  pageSize: number;
  reload: () => void;
}

/** Positions are gapless, so a page is an address that can be typed. */
export function Paging({ after, nextAfter, pageSize, reload }: Props) {
  const navigate = useNavigate({ from: "/audit" });
  const [wanted, setWanted] = useState<number | string>("");
  const show = (start: number) => void navigate({ search: start <= 0 ? {} : { after: start } });
  return (
    <nav className={classes.paging} aria-label="Pages of events">
      <Group gap="xs">
        <Button variant="default" size="sm" disabled={after === 0} onClick={() => show(after - pageSize)}>
          Earlier
        </Button>
        <Button
          variant="default"
          size="sm"
          disabled={nextAfter === null}
          onClick={() => nextAfter !== null && show(nextAfter)}
        >
          Later
        </Button>
        <Button variant="subtle" size="sm" onClick={reload}>
          Refresh
        </Button>
      </Group>
      <form
        className={classes.goto}
        onSubmit={(event) => {
          event.preventDefault();
          if (typeof wanted === "number") show(wanted - 1);
        }}
      >
        <label htmlFor="audit-position">Go to position</label>
        <NumberInput id="audit-position" size="sm" w={110} min={1} allowDecimal={false} hideControls value={wanted} onChange={setWanted} />
        <Button type="submit" variant="default" size="sm">
          Go
        </Button>
      </form>
    </nav>
  );
}
