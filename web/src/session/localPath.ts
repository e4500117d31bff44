/** Only a path of this site: an address from outside must not send people elsewhere. */
export function localPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}
