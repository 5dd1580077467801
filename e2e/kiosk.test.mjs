// The kiosk's pages: check-in, calling board, staff desk.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { devices, idNumber, kiosk, languages, launch, open, say, sound } from "./lib.mjs";

let browser;
before(async () => {
  browser = await launch();
  // The day bundle comes with the first talk to the server.
  const write = { method: "POST", headers: { "content-type": "application/json", "x-kaodian-kiosk": "test" } };
  for (let tries = 0; tries < 30; tries += 1) {
    await fetch(`${kiosk}/api/sync`, { ...write, body: "{}" });
    const state = await (await fetch(`${kiosk}/api/state`)).json();
    if (state.counts.expected > 0) return;
  }
  throw new Error("the kiosk does not get its day bundle");
});
after(() => browser.close());

const pages = [
  ["/", "kiosk", "kiosk-checkin-title"],
  ["/board", "board", "kiosk-board-title"],
  ["/desk", "desktop", "kiosk-desk-title"],
];

for (const lang of languages) {
  for (const [path, size, title] of pages) {
    test(`${path} is sound (${lang})`, async () => {
      const page = await open(browser, { lang, size });
      await page.goto(`${kiosk}${path}?lang=${lang}`);
      await page.getByRole("heading", { level: 1, name: say(lang, title) }).first().waitFor();
      await page.getByRole("note").first().waitFor();
      await sound(page);
      await page.context().close();
    });
  }

  test(`a number that is none is refused with what to do (${lang})`, async () => {
    const page = await open(browser, { lang, size: "kiosk" });
    await type(page, lang, "110105194912310021");
    await page.getByText(say(lang, "kiosk-refused-id-number-invalid")).first().waitFor();
    await page.getByText(say(lang, "kiosk-advice-id-number-invalid")).first().waitFor();
    await sound(page);
    await page.context().close();
  });
}

test("a candidate checks in by number, is compared, called and admitted", async () => {
  const lang = "en";
  const page = await open(browser, { lang, size: "kiosk" });
  await devices({ picture_seed: idNumber });
  await type(page, lang, idNumber);
  await page.getByRole("button", { name: say(lang, "kiosk-photo-go") }).click();
  await page.getByText(say(lang, "kiosk-done-photo")).waitFor();
  await sound(page);
  await page.context().close();

  const desk = await open(browser, { lang });
  await desk.goto(`${kiosk}/desk?lang=${lang}`);
  await desk.getByLabel(say(lang, "kiosk-desk-staff")).fill("point");
  const picks = desk.locator("[data-pick]");
  await picks.first().click();
  await desk.getByRole("button", { name: say(lang, "kiosk-compare-same") }).click();
  await desk.getByRole("button", { name: say(lang, "kiosk-queue-call-next") }).click();
  const admit = desk.getByRole("button", { name: say(lang, "kiosk-queue-admit") });
  await admit.first().waitFor();
  await sound(desk);

  const board = await open(browser, { lang, size: "board" });
  await board.goto(`${kiosk}/board?lang=${lang}`);
  await board.getByText("001").first().waitFor();
  assert.doesNotMatch(await board.locator("body").innerText(), /\d{17}[\dX]/);
  await sound(board);

  await admit.first().click();
  await desk.getByText(say(lang, "kiosk-queue-nobody-called")).waitFor();
  await board.context().close();
  await desk.context().close();
});

const type = async (page, lang, number) => {
  await page.goto(`${kiosk}/?lang=${lang}`);
  await page.getByRole("button", { name: say(lang, "kiosk-way-number") }).click();
  for (const key of number) await page.getByRole("button", { name: key, exact: true }).click();
  await page.getByRole("button", { name: say(lang, "kiosk-number-go") }).click();
};
