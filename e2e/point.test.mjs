// The staff of an exam point: the day as a board, the paper of emergencies, the close of the day; and what the centre
// sees of it. The second exam point has a day of its own here, so that it can be closed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, password, picture, say, server, session, sound, tickets } from "./lib.mjs";

const day = "2026-09-28";
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A page of somebody at a place. */
const at = async (login, lang, path, size) => {
  const page = await open(browser, { lang, size });
  await logIn(page, login, lang);
  await page.goto(`${server}${path}`);
  return page;
};

for (const lang of languages) {
  for (const size of ["tablet", "phone"]) {
    test(`the point's day is a board with what is to be done first (${lang}, ${size})`, async () => {
      const page = await at("point", lang, "/", size);
      await page.getByRole("heading", { level: 3, name: say(lang, "page-board-expected") }).waitFor();
      for (const step of ["pack", "readiness", "rooms", "results", "print", "close"]) {
        await page.getByRole("link", { name: say(lang, `page-course-point-${step}`) }).first().waitFor();
      }
      assert.ok((await page.locator(".board-card").count()) > 0, "nobody is on the board");
      assert.doesNotMatch(await page.locator("body").innerText(), /\d{17}[\dX]/);
      await sound(page);
      await picture(page, `point-day-${size}-${lang}`);
      await page.context().close();
    });
  }

  test(`a day that is not finished says what stands against its close, and where that is mended (${lang})`, async () => {
    const page = await at("point", lang, "/", "tablet");
    await page.getByRole("link", { name: say(lang, "page-course-point-close") }).first().click();
    await page.getByRole("heading", { level: 1, name: say(lang, "page-close-title") }).waitFor();
    await page.getByRole("heading", { level: 2, name: say(lang, "page-close-against") }).waitFor();
    assert.ok(await page.getByRole("button", { name: say(lang, "page-close-go") }).isDisabled());
    await sound(page);
    await picture(page, `point-close-against-${lang}`);
    await page.locator(`main a[href^="/sessions/${session}?state="]`).first().click();
    await page.waitForURL((url) => url.pathname === `/sessions/${session}`);
    await page.context().close();
  });

  test(`paper is entered, without anybody seeing what the other has read (${lang})`, async () => {
    const ticket = tickets.at(-1 - languages.indexOf(lang));
    const time = `07:1${languages.indexOf(lang)}`;
    const line = (page) => page.getByRole("row").filter({ hasText: ticket });
    const enter = async (page, typed) => {
      await line(page).getByRole("radio", { name: say(lang, "page-paper-yes") }).check();
      await line(page).getByRole("textbox").fill(typed);
      await page.locator("form").filter({ has: line(page) }).getByRole("button", { name: say(lang, "page-paper-save") }).click();
    };
    const first = await at("point", lang, `/paper/${day}/P01`, "tablet");
    await first.getByRole("link", { name: say(lang, "page-paper-pack-go") }).waitFor();
    await sound(first);
    await enter(first, "");
    await first.getByRole("alert").filter({ hasText: ticket }).waitFor();
    await sound(first);
    await enter(first, time);
    await first.getByRole("status").filter({ hasText: say(lang, "page-paper-entered", { agreed: 0, waiting: 1, different: 0 }) }).waitFor();
    await line(first).getByText(say(lang, "page-paper-state-waiting")).waitFor();

    const second = await at("centre", lang, `/paper/${day}/P01`);
    await line(second).getByText(say(lang, "page-paper-state-second")).waitFor();
    assert.equal(await line(second).getByRole("textbox").inputValue(), "");
    await enter(second, "0712");
    await second.getByRole("link", { name: say(lang, "page-paper-settle") }).first().click();
    await second.getByRole("heading", { level: 2, name: say(lang, "page-paper-both") }).waitFor();
    await second.getByText("07:12").first().waitFor();
    await sound(second);
    await picture(second, `point-slip-${lang}`);
    await second.getByRole("radio", { name: say(lang, "page-paper-yes") }).check();
    await second.getByLabel(say(lang, "page-paper-time")).fill("07:12");
    await second.getByLabel(say(lang, "page-paper-reason")).fill("7");
    await second.getByRole("button", { name: say(lang, "page-paper-decide-go") }).click();
    await line(second).getByText(say(lang, "page-paper-came-at", { time: "07:12" })).waitFor();
    await sound(second);
    await picture(second, `point-paper-${lang}`);
    await first.context().close();
    await second.context().close();
  });

  test(`the centre's first page has deadlines, the weeks ahead and figures with tables (${lang})`, async () => {
    const page = await at("centre", lang, "/");
    await page.getByRole("heading", { level: 2, name: say(lang, "page-ahead") }).waitFor();
    await page.locator(".tiles").getByText(say(lang, "page-alarm-late")).waitFor();
    for (const figure of await page.locator("figure.plot").all()) {
      const name = await figure.getByRole("heading", { level: 3 }).innerText();
      await figure.getByRole("img", { name }).waitFor();
      await figure.getByText(say(lang, "page-plot-table")).click();
      assert.ok((await figure.getByRole("row").count()) > 1, `no rows for ${name}`);
    }
    await sound(page);
    await picture(page, `centre-first-${lang}`);
    await page.context().close();
  });
}

test("a day is closed by counting and signing, is refused while something does not agree, and shows its signature", async () => {
  const centre = await at("centre", "zh", "/plan");
  await centre.getByLabel(say("zh", "page-point"), { exact: true }).selectOption("P02");
  await centre.getByLabel(say("zh", "page-plan-day")).fill(day);
  await centre.getByLabel(say("zh", "page-plan-start")).fill("20:00");
  await centre.getByLabel(say("zh", "page-trade")).selectOption("welding-fusion");
  await centre.getByRole("button", { name: say("zh", "page-plan-go") }).click();
  await centre.getByText(say("zh", "page-done-opened")).waitFor();
  await centre.context().close();

  const page = await at("point2", "zh", `/close/${day}/P02`, "tablet");
  await page.getByText(say("zh", "page-close-can-be")).waitFor();
  const fill = async (counts, word) => {
    for (const [field, count] of Object.entries(counts)) {
      await page.getByLabel(say("zh", `page-close-${field}`), { exact: true }).fill(String(count));
    }
    await page.getByLabel(say("zh", "page-close-recordings")).check();
    await page.getByLabel(say("zh", "page-close-paper")).check();
    await page.getByLabel(say("zh", "page-login-password")).fill(word);
    await page.getByRole("button", { name: say("zh", "page-close-go") }).click();
  };
  const agreeing = { received: 20, used: 0, spoiled: 0, left: 20 };
  await fill(agreeing, `${password}-wrong`);
  await page.getByRole("alert").filter({ hasText: say("zh", "problem-password-wrong") }).waitFor();
  await fill({ ...agreeing, left: 19 }, password);
  await page.getByRole("alert").filter({ hasText: say("zh", "page-close-unexplained") }).waitFor();
  await page.getByText(say("zh", "page-close-differs-sum")).waitFor();
  await sound(page);
  await picture(page, "point-close-differs-zh");
  await fill(agreeing, password);
  await page.getByRole("status").filter({ hasText: say("zh", "page-close-done-closed") }).waitFor();
  await page.getByRole("link", { name: say("zh", "page-close-pdf") }).waitFor();
  await sound(page);
  await picture(page, "point-closed-zh");
  const pdf = await page.context().request.get(`${server}/close/${day}/P02/page.pdf`);
  assert.equal(pdf.headers()["content-type"], "application/pdf");
  await page.goto(`${server}/lang/en?back=/close/${day}/P02`);
  await page.getByText(say("en", "page-close-is-closed")).waitFor();
  await sound(page);
  await page.context().close();
});

test("the emergency pack is one document that the staff of another point do not get", async () => {
  const page = await at("point", "zh", `/paper/${day}/P01`);
  const pack = await page.context().request.get(`${server}/paper/${day}/P01/pack.pdf`);
  assert.equal(pack.status(), 200);
  assert.equal((await pack.body()).subarray(0, 4).toString(), "%PDF");
  await page.reload();
  await page.getByText("桂思远").last().waitFor();
  const other = await at("point2", "zh", "/");
  assert.equal((await other.context().request.get(`${server}/paper/${day}/P01/pack.pdf`)).status(), 404);
  await page.context().close();
  await other.context().close();
});
