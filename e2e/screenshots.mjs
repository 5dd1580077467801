// Pictures of the pages at device sizes, in both languages, in light and dark, under target/screenshots; the few that the README shows
// also as JPEG where KAODIAN_DOCS says.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { kiosk, languages, launch, logInAs, open, picture, server, session, tickets, totp } from "./lib.mjs";

const browser = await launch();
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
  await page.screenshot({ path: join(docs, `${name}.jpg`), type: "jpeg", quality: 70 });
};

// Path, role, name.
const pages = [
  ["/", "centre", "day"],
  ["/plan", "centre", "plan"],
  [`/sessions/${session}`, "centre", "session"],
  ["/people", "centre", "people"],
  ["/certificates", "centre", "certificates"],
  ["/banks", "centre", "banks"],
  ["/banks/electrician-low-voltage", "centre", "bank"],
  ["/draws", "centre", "draws"],
  [`/draws/${session}-staff-1`, "auditor", "draw"],
  ["/rules", "centre", "rules"],
  ["/people/new", "training", "register"],
  [`/sessions/${session}/tickets`, "point", "tickets"],
  [`/candidates/${tickets[0]}`, "point", "candidate"],
  ["/", "point", "point-day"],
  ["/close/2026-09-28/P01", "point", "point-close"],
  ["/paper/2026-09-28/P01", "point", "point-paper"],
  ["/", "training", "training"],
  ["/", "enterprise", "enterprise"],
  ["/", "inspector", "inspector"],
  ["/", "auditor", "auditor"],
  ["/events", "auditor", "events"],
  ["/events/40", "auditor", "event"],
  ["/accounts", "secadmin", "accounts"],
  ["/accounts/point", "secadmin", "account"],
  ["/accounts/new?role=auditor", "secadmin", "account-new"],
  ["/settings", "sysadmin", "settings"],
  ["/password", "centre", "password"],
];
const open_to_all = [["/about", "about"], ["/verify", "verify"], ["/my", "my"], ["/styleguide", "styleguide"], ["/seat", "seat"]];
const tablets = [["/", "room1", "duty"], [`/sessions/${session}/room/R1`, "room1", "room"], [`/sessions/${session}/station`, "station1", "station"]];

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
  for (const [path, size, name] of [["/", "kiosk", "checkin"], ["/board", "board", "board"], ["/desk", "desktop", "desk"]]) {
    const page = await open(browser, { lang, size });
    await page.goto(`${kiosk}${path}?lang=${lang}`);
    await page.waitForLoadState("networkidle").catch(() => {});
    await take(page, `${name}-${size}-${lang}`);
    await page.context().close();
  }
  await walk(lang, "desktop", pages);
  await walk(lang, "phone", pages);
  await walk(lang, "tablet", tablets);
  console.log(`${lang}: done`);
}
await browser.close();
