import { initials, presenceColor } from "./presenceColor";
import classes from "./shell.module.css";

interface Props {
  id: string;
  name: string;
  size?: number;
}

export function PersonMark({ id, name, size = 28 }: Props) {
  return (
    <span
      className={classes.person}
      style={{ background: presenceColor(id), width: size, height: size, fontSize: size * 0.4 }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}
