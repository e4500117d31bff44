import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { Icon, type IconName } from "./Icon";
import classes from "./notices.module.css";

interface Props {
  order?: 1 | 2;
  icon: IconName;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ order = 2, icon, title, children, action }: Props) {
  return (
    <section className={classes.empty}>
      <span className={classes.emptyIcon}>
        <Icon name={icon} size={26} />
      </span>
      <Title order={order} size="h3">
        {title}
      </Title>
      <Text c="dimmed" maw={420}>
        {children}
      </Text>
      {action}
    </section>
  );
}
