import { problemFrom, ProblemError, UNREACHABLE } from "./problem";

interface RequestOptions {
  json?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let csrfToken = "";

/** The session hands its token over once; every change sends it back. */
export function rememberCsrfToken(token: string): void {
  csrfToken = token;
}

export function csrfHeaders(): Record<string, string> {
  return csrfToken === "" ? {} : { "X-CSRF-Token": csrfToken };
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (method !== "GET") Object.assign(headers, csrfHeaders());
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ProblemError(UNREACHABLE);
  }
  if (!response.ok) throw new ProblemError(await problemFrom(response));
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send("GET", path, signal === undefined ? {} : { signal });
  return (await response.json()) as T;
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await send("GET", path, { headers: { Accept: "*/*" }, ...(signal === undefined ? {} : { signal }) });
  return await response.text();
}

/** A POST with an idempotency key of its own: a retry by the browser is never a second change. */
export async function postJson<T>(path: string, json: unknown, version?: number): Promise<T> {
  const response = await send("POST", path, { json, headers: changeHeaders(version) });
  return (await response.json()) as T;
}

export async function post(path: string): Promise<void> {
  await send("POST", path, { headers: { "Idempotency-Key": crypto.randomUUID() } });
}

/** With `version`, only if nobody has changed it since. */
export async function putJson<T>(path: string, json: unknown, version?: number): Promise<T> {
  const response = await send("PUT", path, { json, headers: changeHeaders(version) });
  return (await response.json()) as T;
}

export async function remove(path: string, version?: number): Promise<void> {
  await send("DELETE", path, { headers: changeHeaders(version) });
}

/** A DELETE whose answer shows what is left. */
export async function removeJson<T>(path: string): Promise<T> {
  const response = await send("DELETE", path, { headers: changeHeaders(undefined) });
  return (await response.json()) as T;
}

function changeHeaders(version: number | undefined): Record<string, string> {
  return { "Idempotency-Key": crypto.randomUUID(), ...(version === undefined ? {} : { "If-Match": `"${version}"` }) };
}
