// Kiosk and server together, as the demo starts them: the centre learns what happens at the exam point.
import { after, before, test } from "node:test";
import { devices, idNumber, kiosk, launch, logIn, open, say, server, sound, tickets } from "./lib.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("somebody checks in at the kiosk, is compared, called and seated, and the centre sees it", async () => {
  const lang = "en";
  await devices({ picture_seed: idNumber });
  const page = await open(browser, { lang, size: "kiosk" });
  await page.goto(`${kiosk}/?lang=${lang}`);
  await page.getByRole("button", { name: say(lang, "kiosk-way-number") }).click();
  for (const key of idNumber) await page.getByRole("button", { name: key, exact: true }).click();
  await page.getByRole("button", { name: say(lang, "kiosk-number-go"), exact: true }).click();
  await page.getByRole("button", { name: say(lang, "kiosk-photo-go") }).click();
  await page.getByRole("button", { name: say(lang, "kiosk-photo-keep") }).click();
  await page.getByRole("note").first().waitFor();
  await sound(page);
  await page.context().close();

  const desk = await open(browser, { lang });
  await desk.goto(`${kiosk}/desk?lang=${lang}`);
  await desk.locator("[data-staff]").first().click();
  for (const id of ["kiosk-compare-same", "kiosk-queue-call-next", "kiosk-queue-admit"]) {
    await desk.getByRole("button", { name: say(lang, id) }).first().click();
  }
  await desk.getByText(say(lang, "kiosk-queue-nobody-called")).waitFor();
  await desk.getByText(say(lang, "kiosk-sync-all-sent")).waitFor();
  await desk.context().close();

  const centre = await open(browser, { lang });
  await logIn(centre, "centre", lang);
  await centre.goto(`${server}/candidates/${tickets[0]}`);
  await centre.getByText(say(lang, "page-step-admitted")).first().waitFor();
  await centre.context().close();
});
