import { Link, type LinkProps } from "@tanstack/react-router";
import { useId, useRef } from "react";

import { useSession } from "../session/SessionContext";
import { Icon } from "./Icon";
import classes from "./header.module.css";

interface Place {
  to: NonNullable<LinkProps["to"]>;
  name: string;
  permission?: string;
  feature?: string;
}

const PLACES: Place[] = [
  { to: "/", name: "Library" },
  { to: "/search", name: "Search" },
  { to: "/glossary", name: "Glossary" },
  { to: "/assistant/{-$id}", name: "Assistant", permission: "ai:use", feature: "feature.assistant" },
  { to: "/usage", name: "Usage", permission: "usage:read" },
  { to: "/audit/{-$section}", name: "Audit", permission: "audit:read" },
  { to: "/admin/{-$section}", name: "Admin", permission: "member:read" },
];

function usePlaces(): Place[] {
  const { permissions, features } = useSession();
  return PLACES.filter(
    ({ permission, feature }) =>
      (permission === undefined || permissions.includes(permission)) &&
      (feature === undefined || features[feature] === true),
  );
}

// Each place at its beginning: no conversation, no section.
const NO_PARAMS = { id: undefined, section: undefined } as never;

/** One list of links; where there is no room for it, behind a button in the browser's own popover. */
export function Nav() {
  const places = usePlaces();
  const card = useId();
  const popover = useRef<HTMLElement>(null);
  return (
    <>
      <nav className={classes.nav} aria-label="Main">
        <Links places={places} />
      </nav>
      <button type="button" className={classes.menuButton} popoverTarget={card} aria-label="Menu">
        <Icon name="menu" />
      </button>
      <nav ref={popover} id={card} popover="auto" className={classes.menuCard} aria-label="Menu" onClick={() => popover.current?.hidePopover()}>
        <Links places={places} />
      </nav>
    </>
  );
}

function Links({ places }: { places: Place[] }) {
  return places.map(({ to, name }) => (
    <Link key={to} to={to} params={NO_PARAMS} className={classes.navLink} activeOptions={{ exact: to === "/", includeSearch: false }}>
      {name}
    </Link>
  ));
}
