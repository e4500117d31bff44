import { type EntityDetails, type Named, otherEnd, predicateWords } from "./entities";

export interface Neighbour extends Named {
  x: number;
  y: number;
  says: string;
}

const RADIUS = { x: 340, y: 118 };
export const CENTRE = { x: 450, y: 160 };
const NEIGHBOURS_MAX = 10;

/** What is related directly, each once, around the thing; the list below has the rest and the evidence. */
export function ring(entity: EntityDetails): Neighbour[] {
  const around = new Map<string, { named: Named; says: Set<string> }>();
  for (const relation of entity.relations) {
    const named = otherEnd(relation);
    if (named.id === entity.id) continue;
    const known = around.get(named.id) ?? { named, says: new Set() };
    known.says.add(predicateWords(relation.predicate));
    around.set(named.id, known);
  }
  const shown = [...around.values()].slice(0, NEIGHBOURS_MAX);
  return shown.map(({ named, says }, index) => {
    const angle = -Math.PI / 2 + ((index + 0.5) * 2 * Math.PI) / shown.length;
    return {
      ...named,
      x: Math.round(CENTRE.x + RADIUS.x * Math.cos(angle)),
      y: Math.round(CENTRE.y + RADIUS.y * Math.sin(angle)),
      says: [...says].join(", "),
    };
  });
}
