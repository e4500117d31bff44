import { ProblemError } from "../server/problem";
import type { Session } from "../server/resources";
import { getJson, rememberCsrfToken } from "../server/rest";

/** Who is signed in, or null when nobody is. */
export async function loadSession(): Promise<Session | null> {
  try {
    const session = await getJson<Session>("/api/v1/session");
    rememberCsrfToken(session.csrf_token);
    return session;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 401) return null;
    throw error;
  }
}
