import { Modal } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./shell.module.css";

interface Props {
  isOpen: boolean;
  close: () => void;
  title: string;
  size?: string;
  children: ReactNode;
}

export function Dialog({ isOpen, close, title, size = "md", children }: Props) {
  return (
    <Modal.Root opened={isOpen} onClose={close} centered radius="lg" padding="xl" size={size}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body className={classes.dialogBody ?? ""}>
          <Modal.Title className={classes.dialogTitle ?? ""}>{title}</Modal.Title>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
