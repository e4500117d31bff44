import { describe, expect, it } from "vitest";

import { type Drain, drainWords, ownDrain, priceWords, stateWords } from "./providers";

const OWN: Drain = { model: "azure/gpt-4o", by: "tenant", reason: "It is slow.", since: null, actor: null };

describe("how a model stands", () => {
  it("is out of service before it is anything else", () => {
    expect(stateWords({ state: "healthy", circuit: "open", drained: true })).toBe("Out of service");
    expect(stateWords({ state: "disabled", circuit: "closed", drained: false })).toBe("Not set up");
    expect(stateWords({ state: "open", circuit: "cooling", drained: false })).toBe("Wants a pause");
  });

  it("can be taken back only where the tenant itself took that very model out", () => {
    expect(ownDrain({ id: "azure/gpt-4o", drained_by: [OWN] })).toBe(OWN);
    expect(ownDrain({ id: "azure/gpt-4o", drained_by: [{ ...OWN, by: "platform" }] })).toBeUndefined();
    expect(ownDrain({ id: "azure/gpt-4o", drained_by: [{ ...OWN, model: "azure/*" }] })).toBeUndefined();
  });

  it("says why, and of the platform's drains only whose they are", () => {
    expect(drainWords(OWN)).toBe("Taken out of service: It is slow.");
    expect(drainWords({ ...OWN, by: "platform", reason: "" })).toBe("Taken out of service by the platform.");
    expect(drainWords({ ...OWN, model: "azure/*" })).toBe("The whole account is out of service: It is slow.");
  });

  it("has a price for a million tokens, or none that anybody knows", () => {
    expect(priceWords(null)).toBe("Unknown");
    const rates = { input_micros: 200_000, output_micros: 800_000, currency: "USD", assumed: false };
    expect(priceWords(rates)).toMatch(/^0[.,]20 \/ 0[.,]80 USD$/);
    expect(priceWords({ ...rates, assumed: true })).toContain("assumed");
  });
});
