import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./shell.module.css";

interface Props {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function PageHead({ title, children, action }: Props) {
  return (
    <div className={classes.pageHead}>
      <div>
        <Title order={1}>{title}</Title>
        {children !== undefined && (
          <Text c="dimmed" mt={4} maw={660}>
            {children}
          </Text>
        )}
      </div>
      {action !== undefined && <div className={classes.pageAction}>{action}</div>}
    </div>
  );
}
