// Pictures of the pages at device sizes, in both languages, in light and dark, under target/screenshots; the few that the README shows
// also as JPEG where KAODIAN_DOCS says.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { devices, kiosk, languages, launch, logInAs, open, picture, say, server, session, totp } from "./lib.mjs";

const browser = await launch();
// Whom to look at in a demo that has lived: who passed, who waits, who is on duty.
const tour = JSON.parse(process.env.KAODIAN_TOUR);
const docs = process.env.KAODIAN_DOCS;
const shown = ["day-desktop-zh", "room-tablet-zh", "checkin-kiosk-zh", "board-board-zh"];

const take = async (page, name) => {
  await picture(page, name);
  if (name.endsWith("-zh")) {
    // The colours differ in no language.
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await picture(page, `${name}-dark`);
    await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
  }
  if (!docs || !shown.includes(name)) return;
  mkdirSync(docs, { recursive: true });
  await page.screenshot({ path: join(docs, `${name}.jpg`), type: "jpeg", quality: 70, animations: "disabled" });
};

// Path, role, name.
const pages = [
  ["/", "centre", "day"],
  ["/plan", "centre", "plan"],
  [`/sessions/${session}`, "centre", "session"],
  ["/people", "centre", "people"],
  ["/certificates", "centre", "certificates"],
  ["/certificates?show=all", "centre", "certificates-all"],
  ["/?day=2026-09-24", "centre", "day-over"],
  ["/banks", "centre", "banks"],
  ["/banks/electrician-low-voltage", "centre", "bank"],
  ["/banks/welding-fusion/statistics", "centre", "bank-statistics"],
  ["/banks/electrician-low-voltage-bank-1/questions", "centre", "bank-questions"],
  ["/banks/electrician-low-voltage-bank-1/questions/new", "centre", "bank-write"],
  ["/draws", "centre", "draws"],
  [`/draws/${session}-staff-1`, "auditor", "draw"],
  ["/rules", "centre", "rules"],
  ["/people/new", "training", "register"],
  [`/sessions/${session}/tickets`, "point", "tickets"],
  [`/sessions/${tour.earlier}`, "centre", "session-over"],
  [`/candidates/${tour.passed.ticket}`, "centre", "candidate"],
  [`/candidates/${tour.failed.ticket}`, "centre", "candidate-failed"],
  [`/candidates/${tour.waiting.ticket}`, "point", "candidate-waiting"],
  ["/", "point", "point-day"],
  ["/close/2026-09-28/P01", "point", "point-close"],
  ["/close/2026-09-24/P01", "point", "point-closed"],
  ["/paper/2026-09-28/P01", "point", "point-paper"],
  ["/", "training", "training"],
  ["/", "enterprise", "enterprise"],
  ["/", "inspector", "inspector"],
  ["/", "auditor", "auditor"],
  ["/events", "auditor", "events"],
  ["/events/40", "auditor", "event"],
  ["/log/explorer?seq=40", "auditor", "log-explorer"],
  [`/evidence?ticket=${tour.passed.ticket}`, "auditor", "evidence"],
  ["/accounts", "secadmin", "accounts"],
  ["/accounts/point", "secadmin", "account"],
  ["/accounts/new?role=auditor", "secadmin", "account-new"],
  ["/settings", "sysadmin", "settings"],
  ["/password", "centre", "password"],
];
const open_to_all = [["/about", "about"], ["/verify", "verify"], ["/log", "log"], ["/my", "my"], ["/styleguide", "styleguide"], ["/seat", "seat"], ["/practice", "practice"], ["/practice/welding-fusion", "practice-menu"]];
const onDuty = (letter) => Object.entries(tour.duties).find(([place]) => place.startsWith(letter));
const [room, [invigilator]] = onDuty("R");
const [, [examiner]] = onDuty("S");
const tablets = [
  ["/", invigilator, "duty"],
  [`/sessions/${session}/room/${room}`, invigilator, "room"],
  [`/sessions/${session}/station`, examiner, "station"],
];
// Whose telephone.
const holders = [["my-passed", tour.passed], ["my-due", tour.unprinted], ["my-waiting", tour.waiting]];

// Who logs in with a second factor.
const withCode = ["secadmin", "sysadmin"];

const walk = async (lang, size, list) => {
  for (const [path, login, name] of list) {
    const page = await open(browser, { lang, size });
    await logInAs(page, login, { lang, code: withCode.includes(login) ? totp(login) : "" });
    await page.goto(`${server}${path}`);
    await take(page, `${name}-${size}-${lang}`);
    await page.context().close();
  }
};

/** The page of whoever holds a ticket. */
const phone = async (lang, name, holder) => {
  const page = await open(browser, { lang, size: "phone" });
  await page.goto(`${server}/lang/${lang}?back=/my`);
  await page.getByLabel(say(lang, "page-my-enter-ticket")).fill(holder.ticket);
  await page.getByLabel(say(lang, "page-my-enter-code")).fill(holder.code);
  await page.getByRole("button", { name: say(lang, "page-my-enter-go") }).click();
  await page.getByRole("heading", { name: say(lang, "page-my-way") }).waitFor();
  await take(page, `${name}-phone-${lang}`);
  await page.context().close();
};

/** What anybody is told of a certificate. */
const verified = async (lang, size, holder) => {
  const page = await open(browser, { lang, size });
  await page.goto(`${server}/lang/${lang}?back=/verify`);
  await page.locator("#number").fill(holder.certificate);
  await page.locator("#name").fill(holder.name);
  await page.keyboard.press("Enter");
  await page.locator(".verdict").waitFor();
  await take(page, `verified-${size}-${lang}`);
  await page.context().close();
};

/** The desk of the exam point's staff, once one of them has signed in. */
const desk = async (lang) => {
  const page = await open(browser, { lang, size: "desktop" });
  await page.goto(`${kiosk}/desk?lang=${lang}`);
  await page.locator("[data-staff]").first().click();
  await page.locator("#tab-now").waitFor();
  await take(page, `desk-desktop-${lang}`);
  await page.locator("#tab-prints").click();
  await page.locator("#tab-prints[aria-current=page]").waitFor();
  await take(page, `desk-prints-desktop-${lang}`);
  await page.context().close();
};

/** Somebody who had still to come checks in: that is done once. */
const checkIn = async (lang, holder) => {
  await devices({ picture_seed: holder.id_number });
  const page = await open(browser, { lang, size: "kiosk" });
  await page.goto(`${kiosk}/?lang=${lang}`);
  await page.getByRole("button", { name: say(lang, "kiosk-way-number") }).click();
  for (const key of holder.id_number) await page.getByRole("button", { name: key, exact: true }).click();
  await take(page, `checkin-number-kiosk-${lang}`);
  await page.getByRole("button", { name: say(lang, "kiosk-number-go"), exact: true }).click();
  await page.getByRole("button", { name: say(lang, "kiosk-photo-go") }).click();
  await page.getByRole("button", { name: say(lang, "kiosk-photo-keep") }).click();
  await page.getByRole("note").first().waitFor();
  await take(page, `checkin-done-kiosk-${lang}`);
  await page.context().close();
};

for (const lang of languages) {
  for (const size of ["desktop", "phone"]) {
    const page = await open(browser, { lang, size });
    await page.goto(`${server}/lang/${lang}`);
    await page.goto(`${server}/login`);
    await take(page, `login-${size}-${lang}`);
    for (const [path, name] of open_to_all) {
      await page.goto(`${server}${path}`);
      await take(page, `${name}-${size}-${lang}`);
    }
    await page.context().close();
  }
  for (const [name, holder] of holders) await phone(lang, name, holder);
  for (const size of ["desktop", "phone"]) await verified(lang, size, tour.passed);
  for (const [path, size, name] of [["/", "kiosk", "checkin"], ["/board", "board", "board"], ["/desk", "desktop", "desk-sign-in"]]) {
    const page = await open(browser, { lang, size });
    await page.goto(`${kiosk}${path}?lang=${lang}`);
    await page.waitForLoadState("networkidle").catch(() => {});
    await take(page, `${name}-${size}-${lang}`);
    await page.context().close();
  }
  await desk(lang);
  await walk(lang, "desktop", pages);
  await walk(lang, "phone", pages);
  await walk(lang, "tablet", tablets);
  console.log(`${lang}: done`);
}
await checkIn("zh", tour.expected);
await browser.close();
