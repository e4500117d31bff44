import { Button, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Problem } from "../server/problem";
import { Dialog } from "./Dialog";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  isOpen: boolean;
  close: () => void;
  title: string;
  children: ReactNode;
  verb: string;
  confirm: () => void;
  isRunning: boolean;
  problem: Problem | undefined;
  isDangerous?: boolean;
}

export function ConfirmDialog({ isOpen, close, title, children, verb, confirm, isRunning, problem, isDangerous = true }: Props) {
  return (
    <Dialog isOpen={isOpen} close={close} title={title}>
      <Stack gap="lg">
        <Text component="div">{children}</Text>
        {problem !== undefined && <ProblemNotice problem={problem} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button loading={isRunning} onClick={confirm} {...(isDangerous ? { color: "danger" } : {})}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
