// Check-in as an examinee meets it: alone before the screen, with fingers, a keyboard, a card or a ticket.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, open, picture, say, sound } from "./lib.mjs";
import { checkIn, drawnPortrait, idNumber, masked, secret, signIn, startSite, ticket, typeNumber } from "./kiosk-site.mjs";

let browser;
let site;
before(async () => {
  browser = await launch();
  site = await startSite({ candidates: 12, portrait: await drawnPortrait(browser) });
});
after(async () => {
  await site?.stop();
  await browser.close();
});

const onScreen = async (lang, what) => {
  const page = await open(browser, { lang, size: "kiosk" });
  await page.goto(`${site.url}/?lang=${lang}`);
  await what(page);
  await page.context().close();
};
const button = (page, lang, id) => page.getByRole("button", { name: say(lang, id) });
const heading = (page, lang, id, args) => page.getByRole("heading", { name: say(lang, id, args) });
const facts = async (kind) => (await entries()).filter((entry) => entry.fact.kind === kind);
// Everything is at the centre within two talks.
const entries = async () => {
  const { journal } = await site.state();
  while (site.entries.length < journal) await new Promise((resolve) => setTimeout(resolve, 50));
  return site.entries;
};

for (const lang of languages) {
  test(`every screen of check-in can be used by everybody (${lang})`, () =>
    onScreen(lang, async (page) => {
      await heading(page, lang, "kiosk-checkin-title").waitFor();
      await sound(page);
      await picture(page, `kiosk-idle-${lang}`);
      for (const way of ["card", "qr", "number"]) {
        await button(page, lang, `kiosk-way-${way}`).click();
        await heading(page, lang, `kiosk-way-${way}`).waitFor();
        await sound(page);
        await picture(page, `kiosk-${way}-${lang}`);
        await button(page, lang, "kiosk-back").click();
      }
      await button(page, lang, "kiosk-contrast").click();
      assert.equal(await button(page, lang, "kiosk-contrast").getAttribute("aria-pressed"), "true");
      await sound(page);
    }));

  test(`somebody checks in by number, is photographed, and sees the queue number once staff have compared (${lang})`, () =>
    onScreen(lang, async (page) => {
      const candidate = lang === "zh" ? 1 : 2;
      await site.devices({ picture_seed: `candidate ${candidate}` });
      await typeNumber(page, site, say, lang, idNumber(candidate));
      await heading(page, lang, "kiosk-done-checked-in", { name: masked(candidate) }).waitFor();
      await sound(page);
      await picture(page, `kiosk-checked-in-${lang}`);
      await button(page, lang, "kiosk-photo-go").click();
      await heading(page, lang, "kiosk-camera-look").waitFor();
      await heading(page, lang, "kiosk-done-photo").waitFor();
      await sound(page);
      await picture(page, `kiosk-photo-${lang}`);
      await button(page, lang, "kiosk-photo-again").click();
      await button(page, lang, "kiosk-photo-keep").click();
      await heading(page, lang, "kiosk-progress-photographed").waitFor();
      const desk = await open(browser, { lang });
      await signIn(desk, site, lang);
      await desk.getByRole("button", { name: say(lang, "kiosk-compare-same") }).click();
      await desk.getByText(say(lang, "kiosk-said-compared", { name: masked(candidate), number: `00${candidate}` })).waitFor();
      await desk.context().close();
      await heading(page, lang, "kiosk-progress-number").waitFor();
      await page.getByText(say(lang, "kiosk-next-wait", { number: `00${candidate}` })).waitFor();
      await sound(page);
      await picture(page, `kiosk-number-given-${lang}`);
      await button(page, lang, "kiosk-finish").click();
      await heading(page, lang, "kiosk-checkin-title").waitFor();
    }));

  test(`a number that is none, and one of nobody who is expected, are refused with what to do (${lang})`, () =>
    onScreen(lang, async (page) => {
      await typeNumber(page, site, say, lang, "110105194912310021");
      await heading(page, lang, "kiosk-refused-id-number-invalid").waitFor();
      await page.getByText(say(lang, "kiosk-advice-id-number-invalid")).waitFor();
      await sound(page);
      await picture(page, `kiosk-refused-${lang}`);
      await button(page, lang, "kiosk-number-retry").click();
      await heading(page, lang, "kiosk-way-number").waitFor();
      await typeNumber(page, site, say, lang, idNumber(99));
      await heading(page, lang, "kiosk-refused-not-on-roster").waitFor();
      await page.getByText(say(lang, "kiosk-advice-not-on-roster")).waitFor();
    }));
}

test("who stands behind does not read the number, and the typist can look at it", () =>
  onScreen("zh", async (page) => {
    await button(page, "zh", "kiosk-way-number").click();
    for (const key of idNumber(3)) await page.getByRole("button", { name: key, exact: true }).click();
    assert.doesNotMatch(await page.locator("#typed").innerText(), /\d/);
    await button(page, "zh", "kiosk-number-show").click();
    assert.equal((await page.locator("#typed").innerText()).replaceAll(" ", ""), idNumber(3));
    await button(page, "zh", "kiosk-back").click();
    await button(page, "zh", "kiosk-way-number").click();
    assert.equal(await page.locator("#typed").innerText(), "");
  }));

test("a doubled tap checks in once", () =>
  onScreen("zh", async (page) => {
    await button(page, "zh", "kiosk-way-number").click();
    for (const key of idNumber(3)) await page.getByRole("button", { name: key, exact: true }).click();
    await button(page, "zh", "kiosk-number-go").dblclick();
    await heading(page, "zh", "kiosk-done-checked-in", { name: masked(3) }).waitFor();
    assert.equal((await facts("checked_in")).filter((entry) => entry.fact.ticket === ticket(3)).length, 1);
    assert.equal((await facts("check_in_refused")).filter((entry) => entry.fact.ticket === ticket(3)).length, 0);
  }));

test("who comes back goes on where he stopped, and is then told where to go", () =>
  onScreen("zh", async (page) => {
    await typeNumber(page, site, say, "zh", idNumber(4));
    await heading(page, "zh", "kiosk-done-checked-in", { name: masked(4) }).waitFor();
    await checkIn(page, site, say, "zh", 4);
    await typeNumber(page, site, say, "zh", idNumber(4));
    await heading(page, "zh", "kiosk-progress-photographed").waitFor();
    await page.getByText(say("zh", "kiosk-next-desk")).waitFor();
  }));

test("whose face staff do not find in the portrait is sent to the desk and gets no number", () =>
  onScreen("zh", async (page) => {
    await checkIn(page, site, say, "zh", 5);
    const desk = await open(browser, {});
    await signIn(desk, site, "zh");
    await desk.locator(`#pick-${ticket(5)}`).click();
    await desk.locator(`#pick-${ticket(5)}[aria-current]`).waitFor();
    await desk.getByRole("button", { name: say("zh", "kiosk-compare-different") }).click();
    await desk.getByText(say("zh", "kiosk-said-different", { name: masked(5) })).waitFor();
    await desk.context().close();
    await heading(page, "zh", "kiosk-refused-different-person").waitFor();
    await page.getByText(say("zh", "kiosk-advice-different-person")).waitFor();
    await typeNumber(page, site, say, "zh", idNumber(5));
    await heading(page, "zh", "kiosk-refused-different-person").waitFor();
    assert.equal((await facts("queued")).filter((entry) => entry.fact.ticket === ticket(5)).length, 0);
  }));

test("a card, a scanned ticket and a keyboard serve as well as fingers", () =>
  onScreen("zh", async (page) => {
    await button(page, "zh", "kiosk-way-card").click();
    await button(page, "zh", "kiosk-card-go").click();
    await heading(page, "zh", "kiosk-refused-no-card").waitFor();
    await site.devices({ card: { id_number: idNumber(6), name: "王某" } });
    await button(page, "zh", "kiosk-card-retry").click();
    await button(page, "zh", "kiosk-card-go").click();
    await heading(page, "zh", "kiosk-done-checked-in", { name: masked(6) }).waitFor();
    await site.devices({ card: null });
    await button(page, "zh", "kiosk-not-me").click();

    await button(page, "zh", "kiosk-way-qr").click();
    await page.keyboard.type(secret(7));
    await page.keyboard.press("Enter");
    await heading(page, "zh", "kiosk-done-checked-in", { name: masked(7) }).waitFor();

    await page.keyboard.press("Escape");
    await page.locator("#way-number").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type(idNumber(8), { delay: 120 });
    await page.keyboard.press("Enter");
    await heading(page, "zh", "kiosk-done-checked-in", { name: masked(8) }).waitFor();
  }));

test("a screen that was left asks whether somebody is there, then forgets, in Chinese and with ordinary contrast", async () => {
  const page = await open(browser, { lang: "en", size: "kiosk" });
  await page.clock.install();
  await page.goto(`${site.url}/?lang=en`);
  await button(page, "en", "kiosk-contrast").click();
  await button(page, "en", "kiosk-way-number").click();
  await page.getByRole("button", { name: "1", exact: true }).click();
  await page.clock.runFor(46_000);
  const asked = page.getByRole("dialog", { name: say("en", "kiosk-still-there") });
  await asked.waitFor();
  await sound(page);
  await button(page, "en", "kiosk-still-yes").click();
  await asked.waitFor({ state: "hidden" });
  assert.notEqual(await page.locator("#typed").innerText(), "", "nothing was lost");
  await page.clock.runFor(46_000);
  await asked.waitFor();
  await page.clock.runFor(16_000);
  await heading(page, "zh", "kiosk-checkin-title").waitFor();
  assert.equal(await button(page, "zh", "kiosk-contrast").getAttribute("aria-pressed"), "false");
  await page.context().close();
});

test("who asks for help is seen at the desk, and the screen says that somebody comes", () =>
  onScreen("zh", async (page) => {
    await button(page, "zh", "kiosk-help").click();
    await page.getByText(say("zh", "kiosk-help-coming")).waitFor();
    const desk = await open(browser, {});
    await signIn(desk, site, "zh");
    await desk.getByRole("button", { name: say("zh", "kiosk-desk-help-done") }).click();
    await desk.getByRole("button", { name: say("zh", "kiosk-desk-help-done") }).waitFor({ state: "detached" });
    await desk.context().close();
    await page.locator("#help-said:empty").waitFor({ state: "attached" });
  }));

test("a camera that fails is said so and may be tried again", () =>
  onScreen("zh", async (page) => {
    await site.devices({ picture: "/dev/null" });
    await typeNumber(page, site, say, "zh", idNumber(9));
    await button(page, "zh", "kiosk-photo-go").click();
    await heading(page, "zh", "kiosk-refused-camera-failed").waitFor();
    await site.devices({ picture_seed: "candidate 9" });
    await button(page, "zh", "kiosk-photo-go").click();
    await heading(page, "zh", "kiosk-done-photo").waitFor();
  }));
