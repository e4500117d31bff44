import type { EntityDetails } from "./entities";
import classes from "./entities.module.css";
import { CENTRE, ring } from "./ring";

const NAME_LENGTH_MAX = 22;

/** A picture of the list below it, and therefore decoration for whoever hears the page. */
export function EntityGraph({ entity }: { entity: EntityDetails }) {
  const neighbours = ring(entity);
  return (
    <svg className={classes.graph} viewBox="0 0 900 320" aria-hidden="true" focusable="false">
      {neighbours.map(({ id, x, y }) => (
        <line key={id} x1={CENTRE.x} y1={CENTRE.y} x2={x} y2={y} className={classes.edge} />
      ))}
      {neighbours.map(({ id, x, y, says }) => (
        <text key={id} x={(CENTRE.x + 1.25 * x) / 2.25} y={(CENTRE.y + 1.25 * y) / 2.25} className={classes.edgeWords}>
          {shortened(says)}
        </text>
      ))}
      {neighbours.map((node) => (
        <Node key={node.id} x={node.x} y={node.y} name={node.name} />
      ))}
      <Node x={CENTRE.x} y={CENTRE.y} name={entity.name} isCentre />
    </svg>
  );
}

function Node({ x, y, name, isCentre = false }: { x: number; y: number; name: string; isCentre?: boolean }) {
  const shown = shortened(name);
  const width = 26 + shown.length * 8.2;
  return (
    <g data-centre={isCentre} className={classes.node}>
      <rect x={x - width / 2} y={y - 17} width={width} height={34} rx={17} />
      <text x={x} y={y}>
        {shown}
      </text>
    </g>
  );
}

function shortened(words: string): string {
  return words.length <= NAME_LENGTH_MAX ? words : `${words.slice(0, NAME_LENGTH_MAX - 1)}…`;
}
