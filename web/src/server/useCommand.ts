import { useCallback, useState } from "react";

import { type Problem, problemOf } from "./problem";

export interface Command<A extends unknown[], R> {
  run: (...input: A) => Promise<R | undefined>;
  isRunning: boolean;
  problem: Problem | undefined;
  forget: () => void;
}

/** Runs one change at a time and keeps its refusal to be shown beside the control that asked. */
export function useCommand<A extends unknown[], R>(perform: (...input: A) => Promise<R>): Command<A, R> {
  const [isRunning, setIsRunning] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const run = async (...input: A): Promise<R | undefined> => {
    setIsRunning(true);
    setProblem(undefined);
    try {
      return await perform(...input);
    } catch (error) {
      setProblem(problemOf(error));
      return undefined;
    } finally {
      setIsRunning(false);
    }
  };

  const forget = useCallback(() => setProblem(undefined), []);
  return { run, isRunning, problem, forget };
}
