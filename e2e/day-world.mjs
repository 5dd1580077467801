// Who takes part in the whole day, what they know, and how each of them comes to the pages.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clock, logIn, open, password, picture, say, server, sound } from "./lib.mjs";

export const lang = "zh";
export const day = "2026-09-28";
export const point = "P01";
export const trade = "electrician-low-voltage";

const fixture = (path) => readFileSync(new URL(`../fixtures/${path}`, import.meta.url), "utf8");
const rows = (table) =>
  fixture("worlds/demo/world.toml").split(/^\[\[/m).filter((part) => part.startsWith(`${table}]]`)).map((part) =>
    Object.fromEntries([...part.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, key, value]) => [key, value])));

const registered = rows("candidate").filter((c) => c.trade === trade && c.kind === "first");
const person = (at) => ({ ...registered[at], tail: registered[at].id_number.slice(-4) });

/** Seven candidates and what becomes of them. */
export const cast = {
  wang: person(0), // passes without any trouble
  li: person(1), // closes the browser and goes on; the examiners differ and the lead settles; passes
  zhang: person(2), // moves to another seat; fails a veto item of the practical
  chen: person(4), // runs out of time
  ayi: person(5), // removed for misconduct
  zhao: person(6), // never comes
  huang: person(7), // passed over and called again; fails the theory
};
export const everybody = Object.values(cast);
export const present = everybody.filter((who) => who !== cast.zhao);

const pool = new Map(rows("staff").map((member) => [member.name, member.code]));

/** The login of somebody who was drawn: `room` for an invigilator, `station` for an examiner. */
export const loginOf = (name, place) => {
  assert.ok(pool.has(name), `${name} is in the pool`);
  return `${pool.get(name).toLowerCase()}-${place}`;
};

/** Sets the clock to a time of the day. */
export const itIs = (time) => clock(`set ${day}T${time}:00+08:00`);

/** Somebody's device with the login done. */
export const device = async (browser, login, options) => {
  const page = await open(browser, options);
  page.login = login;
  page.lang = options?.lang ?? lang;
  await logIn(page, login, page.lang);
  return page;
};

/** Goes to a page; whose login has ended meanwhile logs in again and is led on. */
export const visit = async (page, path) => {
  await page.goto(`${server}${path}`);
  if (!new URL(page.url()).pathname.startsWith("/login")) return;
  await page.getByText(say(page.lang, "page-login-ended")).waitFor();
  await page.getByLabel(say(page.lang, "page-login-name")).fill(page.login);
  await page.getByLabel(say(page.lang, "page-login-password")).fill(password);
  await page.getByRole("button", { name: say(page.lang, "page-login-go") }).click();
  await page.waitForURL((url) => `${url.pathname}${url.search}` === path);
};

const looked = new Set();

/** A picture of the page; at the first of its kind also that everybody can use it. */
export const look = async (page, name) => {
  const screen = await page.evaluate(() => document.querySelector("[data-screen]")?.dataset.screen ?? "");
  const kind = `${new URL(page.url()).pathname.replace(/[\w-]*\d[\w-]*/g, "*")} ${screen}`;
  if (!looked.has(kind)) await sound(page);
  looked.add(kind);
  await picture(page, `whole-day-${name}`);
};

/** A message with anything where its arguments stand. */
export const shaped = (id) =>
  new RegExp(`^${say(lang, id).split("undefined").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+")}$`);

/** What an examinee does on the phone: opens his page by ticket and code, and sees what matters now. */
export const phone = async (browser, who, id) => {
  who.mine ??= await open(browser, { lang, size: "phone" });
  await who.mine.goto(`${server}/my`);
  const field = who.mine.getByLabel(say(lang, "page-my-enter-ticket"));
  if (await field.isVisible()) {
    await field.fill(who.ticket);
    await who.mine.getByLabel(say(lang, "page-my-enter-code")).fill(who.code);
    await who.mine.getByRole("button", { name: say(lang, "page-my-enter-go") }).click();
  }
  await who.mine.getByRole("heading", { level: 2, name: shaped(`page-my-now-${id}`) }).waitFor();
};

/** The document behind a link, as it comes out of the browser's printer. */
export const printout = async (page, link) => {
  await page.route("**/*.pdf", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-disposition": "attachment" } });
  });
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  await page.unroute("**/*.pdf");
  return readFileSync(await file.path());
};

/** Text and QR code of each page of a document on paper, as a person reads it. */
export const paper = (bytes) => {
  const directory = mkdtempSync(join(tmpdir(), "paper-"));
  const file = join(directory, "paper.pdf");
  writeFileSync(file, bytes);
  const pages = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" }).split("\f").slice(0, -1);
  execFileSync("pdftoppm", ["-r", "200", "-png", file, join(directory, "page")]);
  const images = readdirSync(directory).filter((name) => name.endsWith(".png")).sort();
  const codeOf = (image) =>
    execFileSync("zbarimg", ["--quiet", "--raw", join(directory, image)], { encoding: "utf8" }).trim();
  return pages.map((text, at) => ({ text, code: codeOf(images[at]) }));
};

// The bank is written by many hands; blanks mean nothing.
const bare = (text) => text.replace(/\s/g, "");
const bank = new Map(JSON.parse(fixture(`banks/${trade}.json`)).map((question) => {
  const options = question.choices.split("**").filter(Boolean).map((option) => /^([A-H])、(.*)$/s.exec(option));
  const right = options.filter(([, letter]) => question.answers.includes(letter)).map(([, , text]) => bare(text));
  return [bare(question.title), right];
}));

/** Which of the options shown somebody who knows chooses, from 0. */
export const knows = (title, options) => {
  const right = bank.get(bare(title));
  assert.ok(right, `the bank has: ${title}`);
  const at = options.findIndex((option) => right.includes(bare(option)));
  assert.ok(at >= 0, `${title}: none of ${options.join(" | ")} is right`);
  return at;
};
