import { initials, presenceColor } from "./presenceColor";
import classes from "./shell.module.css";

interface Props {
  id: string;
  name: string;
  size?: number;
  color?: string | undefined;
}

export function PersonMark({ id, name, size = 28, color = presenceColor(id) }: Props) {
  return (
    <span
      className={classes.person}
      style={{ background: color, width: size, height: size, fontSize: size * 0.4 }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}
