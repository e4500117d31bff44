/** `document.renamed.v1` for people: the noun, what happened to it, and the version of the record. */
export interface EventWords {
  text: string;
  version: string;
}

/** Where noun and verb alone say too little. */
const SAID_OTHERWISE: Readonly<Record<string, string>> = {
  "edits.reversed": "Edits undone, redone, restored or reverted",
};

export function eventWords(name: string): EventWords {
  const match = /^(?<subject>.+)\.(?<verb>[^.]+)\.(?<version>v\d+)$/.exec(name);
  const { subject, verb, version } = match?.groups ?? {};
  if (subject === undefined || verb === undefined || version === undefined) return { text: name, version: "" };
  const otherwise = SAID_OTHERWISE[`${subject}.${verb}`];
  if (otherwise !== undefined) return { text: otherwise, version };
  const noun = subject.replaceAll(/[._]/g, " ");
  return { text: `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${verb.replaceAll("_", " ")}`, version };
}

const HASH_SHOWN = 10;

export function abbreviated(hash: string): string {
  return hash.length <= HASH_SHOWN ? hash : `${hash.slice(0, HASH_SHOWN)}…`;
}
