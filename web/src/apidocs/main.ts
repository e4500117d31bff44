import "swagger-ui-dist/swagger-ui.css";

import { SwaggerUIBundle } from "swagger-ui-dist";

import { csrfHeaders } from "../server/rest";
import { loadSession } from "../session/loadSession";

// Signed in or not, the description can be read; a session only lets "Try it out" send requests that change things.
await loadSession().catch(() => null);

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#root",
  deepLinking: true,
  tryItOutEnabled: false,
  // Its default asks a public service to judge the document.
  validatorUrl: null,
  requestInterceptor: (request: { headers: Record<string, string> }) => {
    Object.assign(request.headers, csrfHeaders());
    return request;
  },
});
