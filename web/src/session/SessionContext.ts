import { createContext, use } from "react";

import type { Session } from "../server/resources";

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error("useSession is for pages behind the sign-in");
  return session;
}
