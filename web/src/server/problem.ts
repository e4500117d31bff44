/** A refusal as the server words it (RFC 9457), or as we word it when no server answered. */
export interface Problem {
  title: string;
  status: number;
  detail?: string;
  code: string;
  request_id?: string;
  current_version?: number;
}

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

export const UNREACHABLE: Problem = {
  title: "The server cannot be reached",
  status: 0,
  detail: "Check your connection. Nothing you see here is lost; try again in a moment.",
  code: "network.unreachable",
};

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    title: "Something went wrong in this page",
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    code: "web.unexpected",
  };
}

export async function problemFrom(response: Response): Promise<Problem> {
  const requestId = response.headers.get("X-Request-ID");
  const fallback: Problem = {
    title: response.statusText || "The server refused",
    status: response.status,
    code: `http.${response.status}`,
    ...(requestId === null ? {} : { request_id: requestId }),
  };
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) return fallback;
  try {
    return { ...fallback, ...((await response.json()) as Partial<Problem>) };
  } catch {
    return fallback;
  }
}
