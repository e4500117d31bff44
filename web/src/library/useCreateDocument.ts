import { useNavigate } from "@tanstack/react-router";

import { postJson } from "../server/rest";
import { useCommand } from "../server/useCommand";

export type BodyKind = "rich" | "plain";

export function useCreateDocument() {
  const navigate = useNavigate();
  return useCommand(async (title: string, body: BodyKind) => {
    const created = await postJson<{ id: string }>("/api/v1/documents", { title, body });
    await navigate({ to: "/d/$id", params: { id: created.id } });
  });
}
