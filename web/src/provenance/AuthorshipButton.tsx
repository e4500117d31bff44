import { Tooltip, UnstyledButton } from "@mantine/core";
import { useSyncExternalStore } from "react";

import toolbar from "../editor/toolbar/toolbar.module.css";
import { useSession } from "../session/SessionContext";
import { Icon } from "../shell/Icon";
import type { Authorship } from "./authorship";

const NAME = "Who wrote this";

/** A tenant can do without the view; what it would show is recorded in any case. */
export function useIsOffered(): boolean {
  return useSession().features["feature.provenance"] === true;
}

/** The switch of the view. */
export function AuthorshipButton({ authorship }: { authorship: Authorship }) {
  const isOffered = useIsOffered();
  const { isShown } = useSyncExternalStore(authorship.subscribe, () => authorship.shown);
  if (!isOffered) return null;
  return (
    <Tooltip label={NAME} openDelay={400}>
      <UnstyledButton
        className={toolbar.button}
        aria-label={NAME}
        aria-pressed={isShown}
        data-tool
        onMouseDown={(event) => event.preventDefault()}
        onClick={authorship.toggle}
      >
        <Icon name="authors" />
      </UnstyledButton>
    </Tooltip>
  );
}
