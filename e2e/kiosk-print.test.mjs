// Certificates at the desk with a real printer: what is due, what the printer says, blanks, and the receipt on the glass.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, open, picture, say, sound } from "./lib.mjs";
import { startPrinter } from "./kiosk-printer.mjs";
import { certificate, drawnPortrait, masked, signIn, startSite } from "./kiosk-site.mjs";

let browser;
let portrait;
before(async () => {
  browser = await launch();
  portrait = await drawnPortrait(browser);
});
after(() => browser.close());

const dayAfter = (days) => new Date(Date.now() + (8 + days * 24) * 3_600_000).toISOString().slice(0, 10);

const change = (day) => {
  const due = [dayAfter(-1), dayAfter(0), dayAfter(1), dayAfter(4)];
  day.certificates.forEach((one, at) => Object.assign(one, { due: due[at], working_days: at === 2 ? 3 : 5, lease: "K1" }));
  day.certificates[3].lease = "K2";
  return { ...day, kiosks: ["K1", "K2"], blanks: [{ from: "A0001", to: "A0012" }] };
};

const rowOf = (desk, number) => desk.locator("tr", { hasText: certificate(number) });

/** A signature with a finger: down, along a few points, up. */
const sign = async (desk) => {
  const glass = await desk.locator("#glass").boundingBox();
  await desk.mouse.move(glass.x + 120, glass.y + 180);
  await desk.mouse.down();
  for (let step = 1; step <= 30; step += 1) {
    await desk.mouse.move(glass.x + 120 + step * 22, glass.y + 150 + Math.sin(step / 2) * 70);
  }
  await desk.mouse.up();
};

for (const lang of languages) {
  test(`a certificate is printed, kept up by an empty printer, and handed over (${lang})`, async (context) => {
    const printer = await startPrinter();
    if (!printer) return context.skip("ippeveprinter is not installed");
    const site = await startSite({ certificates: 4, portrait, change, printer: `kind = "ipp"\nuri = "${printer.uri}"\ndeadline_seconds = 60` });
    try {
      const desk = await open(browser, { lang });
      await desk.setViewportSize({ width: 1280, height: 800 });
      await signIn(desk, site, lang);
      await desk.keyboard.press("Alt+2");
      await rowOf(desk, 1).getByText(say(lang, "kiosk-due-late", { days: 1 })).waitFor();
      await rowOf(desk, 4).getByText(say(lang, "kiosk-print-elsewhere", { kiosk: "K2" })).waitFor();
      await desk.getByText(say(lang, "kiosk-blanks-left", { left: 12 })).waitFor();
      await sound(desk);
      await picture(desk, `desk-prints-due-${lang}`);

      printer.hold("STATE: media-empty");
      await rowOf(desk, 1).getByRole("button", { name: say(lang, "kiosk-print-do"), exact: true }).click();
      const dialog = desk.getByRole("dialog", { name: say(lang, "kiosk-print-dialog") });
      await dialog.getByText(say(lang, "kiosk-print-blank-next", { next: "A0001" })).waitFor();
      // A scanner types the number and presses Enter.
      await desk.keyboard.type("A0001");
      await desk.keyboard.press("Enter");
      await dialog.getByText(say(lang, "kiosk-print-trouble-out-of-paper")).waitFor();
      await sound(desk);
      await picture(desk, `desk-print-trouble-${lang}`);
      printer.goOn(true);
      await dialog.getByText(say(lang, "kiosk-said-printed")).waitFor();
      await dialog.getByRole("button", { name: say(lang, "kiosk-close") }).click();

      await rowOf(desk, 1).getByRole("button", { name: say(lang, "kiosk-receive-go"), exact: true }).click();
      const receipt = desk.getByRole("dialog", { name: say(lang, "kiosk-receive-title") });
      await receipt.getByRole("button", { name: say(lang, "kiosk-receive-done") }).click();
      await receipt.getByText(say(lang, "kiosk-receive-empty")).waitFor();
      await sign(desk);
      await receipt.getByRole("button", { name: say(lang, "kiosk-receive-again") }).click();
      await sign(desk);
      await sound(desk);
      await picture(desk, `desk-receipt-${lang}`);
      await receipt.getByRole("button", { name: say(lang, "kiosk-receive-done") }).click();
      await desk.getByText(say(lang, "kiosk-said-received", { name: masked(1) })).waitFor();
      await rowOf(desk, 1).getByText(say(lang, "kiosk-print-received")).waitFor();

      await rowOf(desk, 2).getByRole("button", { name: say(lang, "kiosk-print-do"), exact: true }).click();
      await dialog.getByLabel(say(lang, "kiosk-desk-blank")).fill("B0001");
      await dialog.getByRole("button", { name: say(lang, "kiosk-print-do") }).click();
      await dialog.getByText(say(lang, "kiosk-refused-blank-outside")).waitFor();
      await dialog.getByLabel(say(lang, "kiosk-desk-blank")).fill("A0002");
      await dialog.getByRole("button", { name: say(lang, "kiosk-print-do") }).click();
      await dialog.getByText(say(lang, "kiosk-said-printed")).waitFor();
      await dialog.getByRole("button", { name: say(lang, "kiosk-close") }).click();
      await desk.getByText(say(lang, "kiosk-blanks-few", { left: 10 })).waitFor();
      await rowOf(desk, 2).getByRole("button", { name: say(lang, "kiosk-receive-go"), exact: true }).click();
      await receipt.getByRole("button", { name: say(lang, "kiosk-receive-cannot"), exact: true }).click();
      await receipt.getByLabel(say(lang, "kiosk-receive-second")).selectOption({ label: "项南" });
      await sound(desk);
      await picture(desk, `desk-receipt-two-${lang}`);
      await receipt.getByRole("button", { name: say(lang, "kiosk-receive-seen") }).click();
      await rowOf(desk, 2).getByText(say(lang, "kiosk-print-received")).waitFor();

      await rowOf(desk, 3).getByRole("button", { name: say(lang, "kiosk-release-go") }).click();
      const release = desk.getByRole("dialog", { name: say(lang, "kiosk-release-title") });
      await sound(desk);
      await picture(desk, `desk-release-${lang}`);
      await release.getByRole("button", { name: say(lang, "kiosk-release-go") }).click();
      await rowOf(desk, 3).getByText(say(lang, "kiosk-print-left")).waitFor();
      await picture(desk, `desk-prints-done-${lang}`);
      const kinds = () => site.entries.map((entry) => entry.fact.kind);
      while (!kinds().includes("lease_released")) await desk.waitForTimeout(50);
      assert.deepEqual(kinds().filter((kind) => kind === "received").length, 2);
      await desk.context().close();
    } finally {
      await site.stop();
      printer.stop();
    }
  });
}
