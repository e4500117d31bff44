import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    target: "es2023",
    // An inlined asset would need data: where the policy only allows files of our own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { input: ["index.html", "graphiql.html", "apidocs.html"] },
  },
  server: {
    proxy: {
      "/api": server,
      "/sign-in/": server,
      "/graphql": { target: server, ws: true },
      "/collab": { target: server, ws: true },
    },
  },
});
