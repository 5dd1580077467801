// What all browser tests share: a real Chromium, the words of both languages, and the accessibility check.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createConnection } from "node:net";
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";

const need = (name) => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start the tests with \`cargo xtask test browser\``);
  return value;
};

export const server = need("KAODIAN_SERVER");
export const kiosk = need("KAODIAN_KIOSK");
export const password = need("KAODIAN_PASSWORD");
export const tickets = need("KAODIAN_TICKETS").split(",");
export const idNumber = need("KAODIAN_ID_NUMBER");
export const idNumbers = need("KAODIAN_ID_NUMBERS").split(",");
export const session = need("KAODIAN_SESSION");
export const clockSocket = need("KAODIAN_CLOCK");

/** The present second-factor code of a login. */
export const totp = (login) => {
  const [program, ...words] = JSON.parse(need("KAODIAN_TOTP"));
  return execFileSync(program, [...words, login], { encoding: "utf8" }).trim();
};
/** Directory in which the kiosk's printer leaves what it printed. */
export const printed = need("KAODIAN_PRINTED");
const scenarioSocket = need("KAODIAN_SCENARIO");
const pictures = need("KAODIAN_SCREENSHOTS");

// Sizes of the devices on which the pages are used.
export const sizes = {
  desktop: { width: 1366, height: 768 },
  tablet: { width: 1024, height: 768 },
  phone: { width: 360, height: 740 },
  kiosk: { width: 1080, height: 1920 },
  board: { width: 1920, height: 1080 },
};

export const languages = ["zh", "en"];

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });

/** A browser that lets a page speak before anybody has touched it, as the kiosk starts it. */
export const launchSpeaking = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...flags, "--autoplay-policy=no-user-gesture-required"],
  });

const locales = new URL("../shared/locales/", import.meta.url);
const words = Object.fromEntries(
  languages.map((lang) => {
    const directory = new URL(lang === "zh" ? "zh-CN/" : "en/", locales);
    const found = {};
    for (const file of readdirSync(directory)) {
      for (const line of readFileSync(new URL(file, directory), "utf8").split("\n")) {
        const match = /^([a-zA-Z][\w-]*) *= *(.*)$/.exec(line);
        if (match) found[match[1]] = match[2];
      }
    }
    return [lang, found];
  }),
);

/** A message as the pages show it, with its arguments filled in. */
export const say = (lang, id, args = {}) => {
  const text = words[lang][id];
  assert.ok(text !== undefined, `there is no message ${id}`);
  return text.replace(/\{ *\$([\w-]+) *\}/g, (_, name) => String(args[name]));
};

/** A page of its own, in a language and at a size. Errors of its scripts fail the test. */
export const open = async (browser, { lang = "zh", size = "desktop" } = {}) => {
  const locale = lang === "zh" ? "zh-CN" : "en-GB";
  const context = await browser.newContext({ viewport: sizes[size], locale, timezoneId: "Asia/Shanghai" });
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.setDefaultTimeout(15_000);
  return page;
};

/** Logs in on the server's pages in a language. */
export const logIn = async (page, login, lang) => {
  await page.goto(`${server}/lang/${lang}`);
  await page.goto(`${server}/login`);
  await page.getByLabel(say(lang, "page-login-name")).fill(login);
  await page.getByLabel(say(lang, "page-login-password")).fill(password);
  await page.getByRole("button", { name: say(lang, "page-login-go") }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
};

/** The same with another password, or with the code of a second factor. */
export const logInAs = async (page, login, { lang = "zh", word = password, code = "" } = {}) => {
  await page.goto(`${server}/lang/${lang}`);
  await page.goto(`${server}/login`);
  await page.getByLabel(say(lang, "page-login-name")).fill(login);
  await page.getByLabel(say(lang, "page-login-password")).fill(word);
  await page.getByLabel(say(lang, "page-login-totp")).fill(code);
  await page.getByRole("button", { name: say(lang, "page-login-go") }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
};

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on a page now. */
const violations = async (page, what) => {
  const report = await page.evaluate((runOnly) => globalThis.axe.run({ runOnly }), what);
  const found = report.violations.map(
    (v) => `${v.id} (${v.impact}): ${v.help}\n    ${v.nodes.map((n) => n.target.join(" ")).join("\n    ")}`,
  );
  const dark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  assert.deepEqual(found, [], `${page.url()} (${dark ? "dark" : "light"})\n${found.join("\n")}`);
  return dark;
};

/** That a page can be used by everybody (WCAG 2.2 A and AA) in light and dark, has a language, and fits its screen. */
export const sound = async (page) => {
  await page.evaluate(axe);
  await page.emulateMedia({ reducedMotion: "reduce" });
  const dark = await violations(page, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]);
  // The other colours differ in nothing but colour.
  await page.emulateMedia({ colorScheme: dark ? "light" : "dark" });
  await violations(page, { type: "rule", values: ["color-contrast"] });
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
  // Its first colours are there before anything moves again.
  await page.evaluate(() => getComputedStyle(document.querySelector("button, a")).backgroundColor);
  await page.emulateMedia({ reducedMotion: null });
  assert.match(await page.locator("html").getAttribute("lang"), /^(zh-CN|en)$/);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(over <= 0, `${page.url()} is ${over} px wider than its screen`);
  assert.deepEqual(page.problems, [], page.url());
};

/** A picture of the page under target/screenshots. */
export const picture = async (page, name) => {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true, animations: "disabled" });
};

/** Says a line to a Unix socket and hears the one that answers it. */
const tell = (path, line) =>
  new Promise((resolve, reject) => {
    const socket = createConnection(path, () => socket.write(`${line}\n`));
    socket.on("error", reject);
    socket.on("data", (data) => {
      socket.end();
      resolve(String(data).trim());
    });
  });

/** Tells the simulated devices of the kiosk what happens to them. */
export const devices = async (change) => {
  const answer = JSON.parse(await tell(scenarioSocket, JSON.stringify(change)));
  if (!answer.ok) throw new Error(answer.error);
};

/** Turns the clock of the demo world: `set 2026-09-28T09:00:00+08:00` or `advance 60`. */
export const clock = async (command) => {
  const answer = await tell(clockSocket, command);
  assert.match(answer, /^\d+$/, `${command}: ${answer}`);
  return Number(answer);
};
