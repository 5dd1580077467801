// What all pages have in common: look, keyboard, zoom, weight, paper, the end of a login, live boards.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages, launch, logIn, open, password, picture, say, server, session, sizes, sound, tickets } from "./lib.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

// Path and who looks at it.
const main = [
  ["/", "centre"], ["/plan", "centre"], [`/sessions/${session}`, "centre"], ["/people", "centre"], ["/certificates", "centre"],
  ["/readiness/2026-09-28/P01", "centre"], [`/candidates/${tickets[0]}`, "centre"], [`/sessions/${session}/room/R1`, "centre"],
  ["/banks", "centre"], ["/banks/electrician-low-voltage", "centre"], ["/draws", "centre"], ["/rules", "centre"],
  [`/sessions/${session}/tickets`, "centre"], ["/styleguide", "centre"],
];
const open_to_all = ["/login", "/about", "/verify", "/my", "/practice"];

/** The main pages, each with a page that is logged in where it has to be. */
const walk = async (page, look) => {
  for (const path of open_to_all) {
    await page.goto(`${server}${path}`);
    await look(path);
  }
  await logIn(page, "centre", "zh");
  for (const [path] of main) {
    await page.goto(`${server}${path}`);
    await look(path);
  }
};

test("light, dark and high contrast are chosen without a script, and every page keeps them", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: sizes.desktop });
  const page = await context.newPage();
  await page.goto(`${server}/about`);
  const ground = () => page.locator("html").evaluate((html) => getComputedStyle(html).backgroundColor);
  const light = await ground();
  const choose = async (word) => {
    await page.locator(".menu summary").click();
    await page.getByRole("link", { name: say("zh", word) }).click();
    await page.waitForURL(`${server}/about`);
  };
  await choose("page-look-dark");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  const dark = await ground();
  assert.notEqual(dark, light);
  await choose("page-look-contrast");
  assert.equal(await page.locator("html").getAttribute("data-contrast"), "more");
  assert.equal(await ground(), "rgb(0, 0, 0)");
  await page.goto(`${server}/verify`);
  assert.equal(await ground(), "rgb(0, 0, 0)", "another page has it too");
  await page.goto(`${server}/about`);
  await choose("page-look-contrast");
  await choose("page-look-system");
  assert.equal(await ground(), light);
  await context.close();
});

test("the header is one line on a desk's screen, and who it names leaves by it", async () => {
  for (const lang of languages) {
    for (const login of ["centre", "auditor"]) {
      const page = await open(browser, { lang });
      await logIn(page, login, lang);
      for (const width of [1366, 1280]) {
        await page.setViewportSize({ width, height: 768 });
        const apart = await page.locator(".top-nav a, .top-end").evaluateAll((parts) => {
          const middles = parts.map((part) => part.getBoundingClientRect()).map(({ top, height }) => top + height / 2);
          return Math.max(...middles) - Math.min(...middles);
        });
        assert.ok(apart < 10, `${login} ${lang} ${width}: ${apart} px apart`);
      }
      await page.locator(".who").click();
      await sound(page);
      await picture(page, `frame-header-${login}-${lang}`);
      await page.getByRole("button", { name: say(lang, "page-logout") }).click();
      await page.waitForURL((url) => url.pathname === "/login");
      await page.context().close();
    }
  }
});

test("with more contrast and with the system's own colours pages are sound", async () => {
  const page = await open(browser);
  await logIn(page, "centre", "zh");
  for (const media of [{ contrast: "more" }, { forcedColors: "active" }]) {
    await page.emulateMedia(media);
    for (const path of ["/", `/sessions/${session}`, "/styleguide"]) {
      await page.goto(`${server}${path}`);
      if (!media.forcedColors) await sound(page);
      await picture(page, `frame-${Object.keys(media)[0]}-${path.split("/")[1] || "day"}`);
    }
    await page.emulateMedia({ contrast: null, forcedColors: null });
  }
  await page.context().close();
});

test("the first visit of a page is light: 150 KB with everything", async () => {
  const log = await open(browser);
  await logIn(log, "centre", "zh");
  const state = await log.context().storageState();
  for (const path of [...open_to_all, "/seat", ...main.map(([path]) => path)]) {
    const context = await browser.newContext({ viewport: sizes.desktop, storageState: state });
    const page = await context.newPage();
    const done = [];
    const weigh = (request) => done.push(request.sizes());
    page.on("requestfinished", weigh);
    await page.goto(`${server}${path}`, { waitUntil: "load" });
    // What a page fetches later is no part of its first visit.
    page.off("requestfinished", weigh);
    const weights = await Promise.all(done);
    const bytes = weights.reduce((sum, s) => sum + s.responseBodySize + s.responseHeadersSize, 0);
    assert.ok(bytes > 0 && bytes <= 150 * 1024, `${path} weighs ${bytes} bytes`);
    await context.close();
  }
  await log.context().close();
});

test("at 200 % a desk page is read without scrolling to the side", async () => {
  const context = await browser.newContext({ viewport: { width: 683, height: 384 }, deviceScaleFactor: 2, locale: "zh-CN" });
  const page = await context.newPage();
  await walk(page, async (path) => {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${path} is ${over} px too wide`);
  });
  await context.close();
});

test("every page is used by keyboard: the skip link first, every stop seen, in the order of the page", async () => {
  const page = await open(browser);
  await walk(page, async (path) => {
    // A field that has the focus from the start is left first.
    await page.evaluate(() => { document.activeElement?.blur(); getSelection()?.removeAllRanges(); });
    await page.evaluate(() => {
      globalThis.stops = [];
      document.body.addEventListener("focusin", ({ target }) => {
        const style = getComputedStyle(target);
        const seen = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0;
        const before = globalThis.stops.at(-1)?.target;
        const after = !before || Boolean(before.compareDocumentPosition(target) & 4);
        globalThis.stops.push({ target, seen, after, what: target.outerHTML.slice(0, 120) });
      });
    });
    if (path === "/login") return;
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip", path);
    for (let i = 0; i < 30; i += 1) await page.keyboard.press("Tab");
    const stops = await page.evaluate(() => globalThis.stops.map(({ seen, after, what }) => ({ seen, after, what })));
    assert.ok(stops.length > 5, `${path} has stops`);
    for (const [at, stop] of stops.entries()) {
      assert.ok(stop.seen, `${path}: the focus is not seen on ${stop.what}`);
      // The walk may come round to the first stop again.
      if (!stop.after && !stop.what.includes("skip")) assert.fail(`${path}: ${stop.what} (${at}) comes too late`);
    }
    await page.goto(`${server}${path}`);
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#main:focus").waitFor();
  });
  await page.context().close();
});

test("letters lead to pages and to the search, and can be switched off", async () => {
  const page = await open(browser);
  await logIn(page, "centre", "zh");
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await page.waitForURL(`${server}/people`);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "find");
  await page.keyboard.type("g p?");
  assert.equal(await page.locator("#find").inputValue(), "g p?", "what is typed stays text");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: say("zh", "page-keys") });
  await list.waitFor();
  await sound(page);
  await picture(page, "frame-keys");
  await list.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), "find");
  await page.context().close();
});

for (const lang of languages) {
  test(`a form that comes after the login has ended is kept through the next one (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/plan`);
    await page.getByLabel(say(lang, "page-plan-day")).fill("2020-01-01");
    const token = (await page.context().cookies()).find((c) => c.name === "kd_session");
    await page.context().clearCookies({ name: "kd_session" });
    await page.getByRole("button", { name: say(lang, "page-plan-go") }).click();
    await page.getByText(say(lang, "page-login-ended-kept")).waitFor();
    await sound(page);
    await picture(page, `frame-ended-${lang}`);
    await page.getByLabel(say(lang, "page-login-name")).fill("centre");
    await page.getByLabel(say(lang, "page-login-password")).fill(password);
    await page.getByRole("button", { name: say(lang, "page-login-go") }).click();
    await page.getByRole("heading", { name: say(lang, "page-again-title") }).waitFor();
    await page.getByText("2020-01-01").waitFor();
    await sound(page);
    await picture(page, `frame-again-${lang}`);
    await page.getByRole("button", { name: say(lang, "page-again-go") }).click();
    await page.getByText(say(lang, "page-plan-wrong-start")).waitFor();
    assert.equal(await page.getByLabel(say(lang, "page-plan-day")).inputValue(), "2020-01-01");
    assert.ok(token, "there was a login");
    await page.context().close();
  });

  test(`a file is sent after a login in the page itself, and whoever else comes to the screen sees nothing (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/banks/electrician-low-voltage`);
    const bank = { name: "bank.json", mimeType: "application/json", buffer: Buffer.from("[]") };
    await page.locator("input[type=file]").setInputFiles(bank);
    await page.context().clearCookies({ name: "kd_session" });
    await page.locator("form[enctype] button[type=submit]").click();
    const dialog = page.getByRole("dialog", { name: say(lang, "page-ending-over-title") });
    await dialog.waitFor();
    assert.equal(await page.getByRole("heading", { level: 1 }).isVisible(), false, "what was there is covered");
    await sound(page);
    await picture(page, `frame-over-${lang}`);
    await dialog.getByLabel(say(lang, "page-login-password")).fill("not this one");
    await dialog.getByRole("button", { name: say(lang, "page-login-go") }).click();
    await dialog.getByText(say(lang, "problem-login-wrong")).waitFor();
    await dialog.getByLabel(say(lang, "page-login-password")).fill(password);
    await dialog.getByRole("button", { name: say(lang, "page-login-go") }).click();
    // The file came with it: the server says what is wrong with it.
    await page.locator("main .field-error, main .banner-bad").first().waitFor();
    await page.context().close();
  });

  test(`without a script a file that comes too late is chosen again (${lang})`, async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: sizes.desktop });
    const page = await context.newPage();
    await logIn(page, "centre", lang);
    await page.goto(`${server}/people/new`);
    await page.getByLabel(say(lang, "page-name"), { exact: true }).fill("王小明");
    const portrait = { name: "face.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(200_000, 7) };
    await page.locator("input[type=file]").setInputFiles(portrait);
    await context.clearCookies({ name: "kd_session" });
    await page.locator("form[enctype] button[type=submit]").click();
    await page.getByText(say(lang, "page-login-ended-kept")).waitFor();
    await page.getByLabel(say(lang, "page-login-name")).fill("centre");
    await page.getByLabel(say(lang, "page-login-password")).fill(password);
    await page.getByRole("button", { name: say(lang, "page-login-go") }).click();
    await page.getByText(say(lang, "page-again-file-what", { name: "face.jpg" })).waitFor();
    await page.getByText("王小明").waitFor();
    await picture(page, `frame-again-file-${lang}`);
    await page.getByLabel(say(lang, "page-again-file")).setInputFiles(portrait);
    await page.getByRole("button", { name: say(lang, "page-again-go") }).click();
    assert.equal(await page.getByLabel(say(lang, "page-name"), { exact: true }).inputValue(), "王小明");
    await context.close();
  });

  test(`somebody else who logs in at the same screen does not see the form that was sent (${lang})`, async () => {
    const page = await open(browser, { lang });
    await logIn(page, "centre", lang);
    await page.goto(`${server}/plan`);
    await page.getByLabel(say(lang, "page-plan-day")).fill("2020-01-01");
    await page.context().clearCookies({ name: "kd_session" });
    await page.getByRole("button", { name: say(lang, "page-plan-go") }).click();
    await page.getByText(say(lang, "page-login-ended-kept")).waitFor();
    assert.doesNotMatch(await page.content(), /2020-01-01/);
    await page.getByLabel(say(lang, "page-login-name")).fill("point");
    await page.getByLabel(say(lang, "page-login-password")).fill(password);
    await page.getByRole("button", { name: say(lang, "page-login-go") }).click();
    await page.waitForURL(`${server}/`);
    assert.doesNotMatch(await page.content(), /2020-01-01/);
    await page.context().close();
  });

  test(`two minutes before the login ends whoever is there is asked (${lang})`, async () => {
    const page = await open(browser, { lang });
    await page.clock.install();
    await logIn(page, "centre", lang);
    await page.goto(`${server}/plan`);
    const dialog = page.getByRole("dialog", { name: say(lang, "page-ending-title") });
    await page.clock.fastForward("27:30");
    assert.equal(await dialog.isVisible(), false);
    await page.clock.fastForward("01:00");
    await dialog.waitFor();
    await picture(page, `frame-ending-${lang}`);
    await dialog.getByRole("button", { name: say(lang, "page-ending-stay") }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByLabel(say(lang, "page-plan-start")).fill("10:30");
    await page.clock.fastForward("28:30");
    await dialog.waitFor();
    await page.clock.fastForward("03:00");
    await page.getByText(say(lang, "page-ending-over")).waitFor();
    assert.equal(await page.getByLabel(say(lang, "page-plan-start")).inputValue(), "10:30", "what was typed stays");
    const over = page.getByRole("dialog", { name: say(lang, "page-ending-over-title") });
    await over.getByLabel(say(lang, "page-login-password")).fill(password);
    await over.getByRole("button", { name: say(lang, "page-login-go") }).click();
    await over.waitFor({ state: "hidden" });
    assert.equal(await page.getByLabel(say(lang, "page-plan-start")).isVisible(), true, "and is seen again");
    await page.context().close();
  });
}

test("a board is renewed when something was written, without waiting for the clock", async () => {
  const watching = await open(browser);
  await logIn(watching, "centre", "zh");
  await watching.goto(`${server}/?day=2026-09-28`);
  // By the clock alone it would be asked for after a minute.
  const renewed = watching.waitForRequest((request) => "x-kaodian-fragment" in request.headers(), { timeout: 30_000 });
  const writing = await open(browser);
  await logIn(writing, "point", "zh");
  await renewed;
  await writing.context().close();
  await watching.context().close();
});

test("a refusal that comes while somebody leaves a board leads him nowhere else", async () => {
  const page = await open(browser);
  await logIn(page, "point", "zh");
  let answer;
  let ask;
  const held = new Promise((resolve) => { answer = resolve; });
  const asked = new Promise((resolve) => { ask = resolve; });
  await page.route((url) => url.pathname === "/", async (route) => {
    if (!("x-kaodian-fragment" in route.request().headers())) return route.continue();
    ask();
    await held;
    await route.fulfill({ status: 401, body: "" });
  });
  await page.evaluate(() => {
    globalThis.here = true;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await asked;
  // As when a button is pressed that leads away: the answer to what was asked before comes on the way.
  await page.evaluate(() => dispatchEvent(new Event("beforeunload")));
  const refused = page.waitForResponse((response) => response.status() === 401);
  answer();
  await refused;
  const here = await page.evaluate(() => fetch("/api/v1/health").then(() => globalThis.here));
  assert.equal(here, true, "the page was not loaded again");
  await page.context().close();
});

test("a form whose answer takes its time says that it is being worked on", async () => {
  const page = await open(browser);
  await logIn(page, "centre", "zh");
  await page.goto(`${server}/plan`);
  const working = page.locator("#working");
  assert.equal(await working.isVisible(), false);
  // The answer is held back until the page says so: while it waits, it is told nothing and asked nothing by us.
  let answer;
  const held = new Promise((resolve) => { answer = resolve; });
  await page.exposeFunction("said", answer);
  await working.evaluate((bar) => new MutationObserver(() => bar.hidden || said()).observe(bar, { attributes: true }));
  await page.route("**/plan", async (route) => {
    if (route.request().method() === "POST") await held;
    await route.continue();
  });
  await page.getByLabel(say("zh", "page-plan-day")).fill("2020-01-01");
  await page.getByRole("button", { name: say("zh", "page-plan-go") }).click();
  await page.getByText(say("zh", "page-plan-wrong-start")).waitFor();
  assert.equal(await working.isVisible(), false, "the next page is at rest");
  await working.evaluate((bar) => { bar.hidden = false; });
  await page.getByText(say("zh", "page-working")).waitFor();
  await sound(page);
  await picture(page, "frame-working");
  await page.context().close();
});

test("on paper a page is its content: no navigation, black on white", async () => {
  const page = await open(browser);
  await logIn(page, "centre", "zh");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const path of [`/sessions/${session}`, `/candidates/${tickets[0]}`]) {
    await page.goto(`${server}${path}`);
    assert.equal(await page.locator(".top-nav").isVisible(), false, path);
    assert.equal(await page.locator("main .button").first().isVisible().catch(() => false), false, path);
    assert.equal(await page.locator("body").evaluate((b) => getComputedStyle(b.parentElement).backgroundColor), "rgb(255, 255, 255)");
    await picture(page, `frame-print-${path.split("/")[1]}`);
  }
  await page.context().close();
});
