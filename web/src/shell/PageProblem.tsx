import type { Problem } from "../server/problem";
import { ProblemNotice } from "./ProblemNotice";
import classes from "./shell.module.css";

export function PageProblem({ problem, retry }: { problem: Problem; retry: () => void }) {
  return (
    <div className={classes.page}>
      <ProblemNotice problem={problem} retry={retry} />
    </div>
  );
}
