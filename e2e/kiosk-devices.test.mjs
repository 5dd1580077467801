// The check-in screen with its devices: the live view, poor pictures, cards, people who are expected elsewhere; and the
// desk that lets somebody in with another document.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, open, picture, say, sound } from "./lib.mjs";
import { drawnPortrait, idNumber, masked, signIn, startSite, ticket, typeNumber } from "./kiosk-site.mjs";

const inChina = (at) => new Date(at + 8 * 3_600_000).toISOString();
const later = Date.now() + 2 * 24 * 3_600_000;
const elsewhere = (index) => (candidate, code, starts_at) => ({
  id_index: index(idNumber(candidate)), code, starts_at, point_zh: "第二考点", point_en: "Exam point 2",
});

let browser;
let site;
let room;
before(async () => {
  browser = await launch();
  const page = await browser.newPage();
  // A dark room, and a lit one in which nobody stands.
  const drawn = (light) =>
    page.evaluate((light) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 960, height: 720 });
      const ink = canvas.getContext("2d");
      for (let stripe = 0; stripe < 24; stripe += 1) {
        ink.fillStyle = `rgb(${[150, 160, 170].map((value) => (value + (stripe % 2) * 60) * light).join()})`;
        ink.fillRect(stripe * 40, 0, 40, 720);
      }
      return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
    }, light);
  room = { dark: Buffer.from(await drawn(0.12), "base64"), lit: Buffer.from(await drawn(1), "base64") };
  await page.close();
  site = await startSite({
    candidates: 8,
    portrait: await drawnPortrait(browser),
    pictures: { "one.jpg": room.dark },
    change: (bundle, index) => {
      const of = elsewhere(index);
      bundle.refusals = [
        of(21, "another_day", later), of(22, "another_point", bundle.sessions[0].starts_at), of(23, "not_eligible"),
        of(24, "barred"),
      ];
      bundle.rule_sets = bundle.rule_sets.map(
        (rules) => `${rules}\n[identity]\nsubstitutes = ["temporary_card", "police_certificate"]\n`,
      );
    },
  });
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

for (const lang of languages) {
  const candidate = lang === "zh" ? 1 : 2;

  test(`who is photographed sees himself, is told what to do better, and goes on after three poor pictures (${lang})`, () =>
    onScreen(lang, async (page) => {
      site.shows({ "one.jpg": room.dark });
      await typeNumber(page, site, say, lang, idNumber(candidate));
      await button(page, lang, "kiosk-photo-go").click();
      await page.locator("#mirror").waitFor();
      await picture(page, `kiosk-mirror-${lang}`);
      const hint = page.getByText(say(lang, "kiosk-photo-do-too-dark"));
      await hint.waitFor();
      await sound(page);
      await picture(page, `kiosk-poor-${lang}`);
      assert.equal(await page.locator("#mirror").getAttribute("src"), null, "the live view is closed");
      for (const shown of ["lit", "dark"]) {
        site.shows({ "one.jpg": room[shown] });
        await button(page, lang, "kiosk-photo-again").click();
        await heading(page, lang, "kiosk-camera-look").waitFor();
        await heading(page, lang, "kiosk-done-photo").waitFor();
      }
      await page.getByText(say(lang, "kiosk-photo-settled")).waitFor();
      await sound(page);
      await picture(page, `kiosk-settled-${lang}`);
      await button(page, lang, "kiosk-photo-keep").click();
      await heading(page, lang, "kiosk-progress-photographed").waitFor();
    }));

  test(`whoever is expected elsewhere or may not sit is told what to do (${lang})`, () =>
    onScreen(lang, async (page) => {
      const at = (millis) => inChina(millis).slice(0, 16).replace("T", " ");
      for (const [who, id, told] of [
        [21, "another-day", { time: at(later) }],
        [22, "another-point", null],
        [23, "not-eligible", {}],
        [24, "barred", {}],
      ]) {
        await typeNumber(page, site, say, lang, idNumber(who));
        await heading(page, lang, `kiosk-refused-${id}`).waitFor();
        if (told) await page.getByText(say(lang, `kiosk-advice-${id}`, told)).waitFor();
        await sound(page);
        await picture(page, `kiosk-${id}-${lang}`);
      }
    }));

  test(`an expired card is told from no card, with what to do (${lang})`, () =>
    onScreen(lang, async (page) => {
      await site.devices({ card: { id_number: idNumber(3), name: "王某", valid_until: "2020-01-31" } });
      await button(page, lang, "kiosk-way-card").click();
      await button(page, lang, "kiosk-card-go").click();
      await heading(page, lang, "kiosk-refused-card-expired").waitFor();
      await page.getByText(say(lang, "kiosk-advice-card-expired", { day: "2020-01-31" })).waitFor();
      await sound(page);
      await picture(page, `kiosk-card-expired-${lang}`);
      await site.devices({ card: null });
    }));

  test(`two of the staff let somebody in with another document (${lang})`, async () => {
    const whom = lang === "zh" ? 4 : 5;
    const desk = await open(browser, { lang });
    await signIn(desk, site, lang);
    await desk.locator("#tab-people").click();
    await desk.locator(`#substitute-of-${ticket(whom)}`).click();
    const dialog = desk.getByRole("dialog", { name: say(lang, "kiosk-substitute-title") });
    await dialog.waitFor();
    await dialog.getByText(masked(whom)).waitFor();
    assert.equal(await dialog.locator("#substitute-second").inputValue(), "staff-2", "never the one who signed in");
    await dialog.locator("#substitute-document").selectOption("police_certificate");
    await sound(desk);
    await picture(desk, `desk-substitute-${lang}`);
    await dialog.getByRole("button", { name: say(lang, "kiosk-substitute-go") }).click();
    await dialog.waitFor({ state: "hidden" });
    await desk.locator(`#substitute-of-${ticket(whom)}`).waitFor({ state: "detached" });
    await picture(desk, `desk-people-${lang}`);
    const { people } = await site.state();
    assert.equal(people.find((person) => person.ticket === ticket(whom)).stage, "checked_in");
    await desk.context().close();
  });
}
