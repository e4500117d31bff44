import { ActionIcon, Button, Group, Menu, Text, VisuallyHidden } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";

import { useOwnSteps } from "../history/useOwnSteps";
import { useArchiveDocument } from "../library/useArchiveDocument";
import type { DocumentDetails } from "../server/resources";
import { ShareDialog } from "../sharing/ShareDialog";
import { Dialog } from "../shell/Dialog";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";

interface Props {
  document: DocumentDetails;
  mayWrite: boolean;
  onNews: () => void;
}

const richFormats = [
  { format: "markdown", ending: "md", name: "Markdown" },
  { format: "html", ending: "html", name: "HTML" },
  { format: "text", ending: "txt", name: "Plain text" },
];
const plainFormats = [{ format: "text", ending: "txt", name: "Plain text" }];

function fileName(title: string, ending: string): string {
  const stem = title.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "").toLowerCase();
  return `${stem === "" ? "document" : stem}.${ending}`;
}

export function DocumentMenu({ document, mayWrite, onNews }: Props) {
  const archive = useArchiveDocument(onNews);
  const { take, told } = useOwnSteps(document.id);
  const [isSharing, sharing] = useDisclosure(false);
  const formats = document.body === "plain" ? plainFormats : richFormats;
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label="More about this document">
            <Icon name="dots" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="share" size={16} />} onClick={sharing.open}>
            Share
          </Menu.Item>
          {mayWrite && (
            <>
              <Menu.Divider />
              <Menu.Label>On every device of yours</Menu.Label>
              <Menu.Item leftSection={<Icon name="undo" size={16} />} onClick={() => void take.run("undo")}>
                Undo my last change
              </Menu.Item>
              <Menu.Item leftSection={<Icon name="redo" size={16} />} onClick={() => void take.run("redo")}>
                Redo
              </Menu.Item>
            </>
          )}
          <Menu.Divider />
          <Menu.Label>Download</Menu.Label>
          {formats.map(({ format, ending, name }) => (
            <Menu.Item
              key={format}
              component="a"
              href={`/api/v1/documents/${document.id}/content?format=${format}`}
              download={fileName(document.title, ending)}
              leftSection={<Icon name="download" size={16} />}
            >
              {name}
            </Menu.Item>
          ))}
          {mayWrite && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<Icon name="archive" size={16} />} onClick={() => void archive.run(document.id)}>
                Archive
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <VisuallyHidden role="status">{told}</VisuallyHidden>
      <Dialog isOpen={take.problem !== undefined} close={take.forget} title="Nothing was changed">
        {take.problem !== undefined &&
          (take.problem.code.startsWith("history.nothing_to") ? <Text>{take.problem.detail}</Text> : <ProblemNotice problem={take.problem} />)}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={take.forget} data-autofocus>
            Close
          </Button>
        </Group>
      </Dialog>
      {isSharing && <ShareDialog documentId={document.id} close={sharing.close} onShared={onNews} />}
    </>
  );
}
