// The desk: staff sign in, compare, call, print, and see what waits to be sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, open, picture, say, sound } from "./lib.mjs";
import { certificate, checkIn, drawnPortrait, masked, signIn, startSite, ticket } from "./kiosk-site.mjs";

const lang = "zh";
let browser;
let site;
before(async () => {
  browser = await launch();
  site = await startSite({ candidates: 6, certificates: 2, portrait: await drawnPortrait(browser) });
});
after(async () => {
  await site?.stop();
  await browser.close();
});

const atDesk = async (what) => {
  const desk = await open(browser, { lang });
  await signIn(desk, site, lang);
  await what(desk);
  await desk.context().close();
};
const press = (page, id) => page.getByRole("button", { name: say(lang, id) }).first().click();
const told = (page, id, args) => page.getByText(say(lang, id, args)).first().waitFor();

test("nobody works at the desk without a name, and a shift ends by one touch", async () => {
  for (const each of languages) {
    const desk = await open(browser, { lang: each });
    await desk.goto(`${site.url}/desk?lang=${each}`);
    await desk.getByRole("heading", { name: say(each, "kiosk-desk-sign-in") }).waitFor();
    assert.ok(!(await desk.getByRole("button", { name: say(each, "kiosk-queue-call-next") }).isVisible()));
    await sound(desk);
    await desk.getByRole("button", { name: "项南" }).click();
    await desk.getByRole("button", { name: say(each, "kiosk-queue-call-next") }).waitFor();
    await desk.locator("#who", { hasText: "项南" }).waitFor();
    for (const tab of ["kiosk-tab-now", "kiosk-print-title", "kiosk-tab-people"]) {
      await desk.getByRole("button", { name: say(each, tab) }).click();
      await desk.locator(`[data-tab][aria-current]`, { hasText: say(each, tab) }).waitFor();
      await sound(desk);
      await picture(desk, `desk-${tab}-${each}`);
    }
    await desk.getByRole("button", { name: say(each, "kiosk-desk-sign-out") }).click();
    await desk.getByRole("heading", { name: say(each, "kiosk-desk-sign-in") }).waitFor();
    await desk.context().close();
  }
});

test("people are compared, called, called again, passed over, called once more and seated", () =>
  atDesk(async (desk) => {
    const kiosk = await open(browser, { lang, size: "kiosk" });
    for (const candidate of [1, 2]) await checkIn(kiosk, site, say, lang, candidate);
    await kiosk.context().close();
    await desk.locator(`#pick-${ticket(1)}`).waitFor();
    assert.equal(await desk.locator(".pane img").count(), 2);
    await sound(desk);
    await picture(desk, "desk-compare-zh");
    for (const candidate of [1, 2]) {
      await desk.locator(`#same[data-ticket="${ticket(candidate)}"]`).click();
      await told(desk, "kiosk-said-compared", { name: masked(candidate), number: `00${candidate}` });
    }
    // With the keyboard as well as with the mouse.
    await desk.keyboard.press("Alt+n");
    await told(desk, "kiosk-said-called", { number: "001", window: say(lang, "kiosk-desk-window-default") });
    await press(desk, "kiosk-queue-recall");
    await desk.getByText(say(lang, "kiosk-refused-recall-too-early")).waitFor();
    await again(desk, "kiosk-queue-recall", "kiosk-said-called", { number: "001", window: say(lang, "kiosk-desk-window-default") });
    await again(desk, "kiosk-queue-pass-over", "kiosk-said-passed-over", { name: masked(1) });
    await desk.locator(".line li", { hasText: "001" }).waitFor();
    for (const [number, candidate] of [["002", 2], ["001", 1]]) {
      await press(desk, "kiosk-queue-call-next");
      await told(desk, "kiosk-said-called", { number, window: say(lang, "kiosk-desk-window-default") });
      await press(desk, "kiosk-queue-admit");
      await told(desk, "kiosk-said-admitted", { name: masked(candidate) });
    }
    await desk.keyboard.press("Alt+3");
    await desk.getByLabel(say(lang, "kiosk-people-find")).fill(masked(1));
    await desk.locator("#all-people tr:visible").filter({ hasText: say(lang, "kiosk-stage-admitted") }).waitFor();
    assert.equal(await desk.locator("#all-people tr:visible").count(), 1);
  }));

/** Presses until the rule lets it happen. */
const again = async (desk, button, said, args) => {
  for (let tries = 0; tries < 20; tries += 1) {
    await press(desk, button);
    const words = desk.getByText(say(lang, said, args));
    if (await words.waitFor({ timeout: 700 }).then(() => true, () => false)) return;
  }
  assert.fail(`${button} was never allowed`);
};

const openPrint = async (desk, number, id) => {
  await desk.locator("tr", { hasText: certificate(number) }).getByRole("button", { name: say(lang, id) }).click();
  return desk.getByRole("dialog", { name: say(lang, "kiosk-print-dialog") });
};
const print = async (desk, dialog, blank, id) => {
  await dialog.getByLabel(say(lang, "kiosk-desk-blank")).fill(blank);
  await dialog.getByRole("button", { name: say(lang, "kiosk-print-do") }).click();
  await dialog.getByText(say(lang, id)).waitFor();
};
const close = (dialog) => dialog.getByRole("button", { name: say(lang, "kiosk-close") }).click();
const row = (desk, number, text) => desk.locator("tr", { hasText: certificate(number) }).filter({ hasText: text }).waitFor();

test("a certificate is printed; a broken printer costs the blank, and a reprint asks why", () =>
  atDesk(async (desk) => {
    await desk.keyboard.press("Alt+2");
    await site.devices({ printer: "out_of_paper" });
    let dialog = await openPrint(desk, 1, "kiosk-print-do");
    await sound(desk);
    await picture(desk, "desk-print-zh");
    await print(desk, dialog, "A1", "kiosk-print-failed-out-of-paper");
    await close(dialog);
    await site.devices({ printer: "broken" });
    dialog = await openPrint(desk, 1, "kiosk-print-do");
    await print(desk, dialog, "A1", "kiosk-print-failed-broken");
    await close(dialog);
    await row(desk, 1, say(lang, "kiosk-print-blank-spoiled"));
    await site.devices({ printer: "ok" });
    dialog = await openPrint(desk, 1, "kiosk-print-do");
    await print(desk, dialog, "A1", "kiosk-refused-blank-used");
    await print(desk, dialog, "A2", "kiosk-said-printed");
    await close(dialog);
    await row(desk, 1, say(lang, "kiosk-print-printed"));
    dialog = await openPrint(desk, 1, "kiosk-print-again");
    await dialog.getByLabel(say(lang, "kiosk-print-reason")).selectOption(say(lang, "kiosk-print-reason-unreadable"));
    await print(desk, dialog, "A3", "kiosk-said-printed");
    await close(dialog);
    await site.devices({ line: "up" });
    const started = async () => site.entries.filter((entry) => entry.fact.kind === "print_started").at(-1)?.fact;
    while ((await started())?.blank !== "A3") await desk.waitForTimeout(50);
    assert.equal((await started()).reason, say(lang, "kiosk-print-reason-unreadable"));
  }));

test("a print whose end nobody saw is settled by looking in the tray before another sheet is risked", () =>
  atDesk(async (desk) => {
    await desk.keyboard.press("Alt+2");
    await site.devices({ printer: "silent" });
    const dialog = await openPrint(desk, 2, "kiosk-print-do");
    await print(desk, dialog, "B1", "kiosk-print-failed-timeout");
    await close(dialog);
    await site.devices({ printer: "ok" });
    await desk.getByRole("button", { name: say(lang, "kiosk-settle-go") }).click();
    await desk.getByRole("dialog", { name: say(lang, "kiosk-settle-title") }).waitFor();
    await sound(desk);
    await press(desk, "kiosk-settle-came-out");
    await row(desk, 2, say(lang, "kiosk-print-printed"));
  }));

test("with the line cut the desk says so and what waits to be sent; with the line back, that all is sent", () =>
  atDesk(async (desk) => {
    await site.devices({ line: "cut" });
    await press(desk, "kiosk-sync-now");
    await told(desk, "kiosk-sync-offline-hint");
    const kiosk = await open(browser, { lang, size: "kiosk" });
    await checkIn(kiosk, site, say, lang, 4);
    await kiosk.context().close();
    await told(desk, "kiosk-sync-unsent", { entries: 2, pictures: 0 }).catch(() => told(desk, "kiosk-sync-unsent", { entries: 2, pictures: 1 }));
    await sound(desk);
    await picture(desk, "desk-offline-zh");
    await site.devices({ line: "up" });
    await press(desk, "kiosk-sync-now");
    await told(desk, "kiosk-sync-all-sent");
  }));

test("at twice the size the desk is not wider than its screen", async () => {
  const desk = await open(browser, { lang });
  await desk.setViewportSize({ width: 683, height: 384 });
  await signIn(desk, site, lang);
  await desk.getByRole("button", { name: say(lang, "kiosk-queue-call-next") }).waitFor();
  await sound(desk);
  await desk.context().close();
});
