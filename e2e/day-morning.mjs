// The morning: the centre plans, the exam point gets ready, examinees check in and are called.
import assert from "node:assert/strict";
import { clock, devices, kiosk, open, password, say } from "./lib.mjs";
import { cast, day, device, everybody, lang, look, paper, point, present, printout, trade, visit } from "./day-world.mjs";

const button = (page, id, args) => page.getByRole("button", { name: say(page.lang ?? lang, id, args), exact: true });
const told = (page, id, args) => page.getByText(say(page.lang ?? lang, id, args)).first().waitFor();

/** A step of the session: its button, and the confirmation behind it. */
export const confirm = async (page, word) => {
  const label = say(page.lang, `page-do-${word}`);
  await page.locator("summary", { hasText: label }).click();
  await button(page, "page-confirm", { what: label }).click();
  await told(page, `page-done-${word}`);
};

/** The centre adds a session for this very day, chooses the candidates, draws everything. */
export const plan = async (play) => {
  const page = await device(play.browser, "centre", { size: "desktop" });
  play.centre = page;
  await page.getByRole("navigation").getByRole("link", { name: say(lang, "page-plan"), exact: true }).first().click();
  await page.getByLabel(say(lang, "page-point"), { exact: true }).selectOption(point);
  await page.getByLabel(say(lang, "page-plan-day")).fill(day);
  await page.getByLabel(say(lang, "page-plan-start")).fill("09:00");
  await page.getByLabel(say(lang, "page-trade"), { exact: true }).selectOption(trade);
  await look(page, "01-plan");
  await button(page, "page-plan-go").click();
  await told(page, "page-done-opened");
  play.session = new URL(page.url()).pathname.split("/")[2];
  await look(page, "02-session-new");
  await page.getByRole("link", { name: say(lang, "page-do-enrol") }).click();
  await button(page, "page-enrol-clear").click();
  for (const who of everybody) await page.getByRole("checkbox", { name: new RegExp(`\\*${who.tail}$`) }).check();
  await look(page, "03-enrol");
  await button(page, "page-enrol-go").click();
  await told(page, "page-done-enrolled");
  for (const word of ["seat", "staff"]) await confirm(page, word);
  await look(page, "04-session-drawn");
  play.duties = await duties(page);
  await readRoster(page);
};

const duties = async (page) => {
  const found = [];
  for (const line of await page.locator(".duties li").all()) {
    const text = (await line.innerText()).replace(/\s+/g, " ").trim();
    const kind = ["invigilator", "examiner", "lead-examiner", "reserve-invigilator", "reserve-examiner"].find((k) =>
      text.startsWith(`${say(page.lang, `page-duty-${k}`)} `));
    const place = (await line.locator(".num").innerText()).trim();
    for (const name of text.split(" ").at(-1).split("、")) found.push({ kind, place, name });
  }
  return found;
};

/** Ticket, room and seat of everybody, from the table of the session. */
const readRoster = async (page) => {
  for (const who of everybody) {
    const row = page.getByRole("row").filter({ hasText: `*${who.tail}` });
    who.ticket = (await row.getByRole("rowheader").innerText()).trim();
    const [room, seat] = await row.locator("td.num:not(.masked)").allInnerTexts();
    Object.assign(who, { room: room.trim(), seat: Number(seat) });
  }
  const seats = new Set(everybody.map((who) => `${who.room} ${who.seat}`));
  assert.equal(seats.size, everybody.length, "everybody has a seat of his own");
};

/** Staff of the exam point look at every item, report one that is wrong, mend it, and sign. */
export const ready = async (play) => {
  const page = await device(play.browser, "point", { size: "desktop" });
  play.point = page;
  await page.locator("article.session h3 a").click();
  await page.getByRole("link", { name: say(lang, "page-ready-title") }).click();
  const items = page.locator("fieldset.ready-item");
  for (const item of await items.all()) await item.getByLabel(say(lang, "page-ready-ok"), { exact: true }).check();
  await items.first().getByLabel(say(lang, "page-ready-red"), { exact: true }).check();
  await items.first().getByLabel(say(lang, "page-ready-note")).fill("一号理论考场一台备用电脑打不开");
  await button(page, "page-ready-save").click();
  await told(page, "page-ready-saved");
  await look(page, "05-readiness-red");
  await items.first().getByLabel(say(lang, "page-ready-ok"), { exact: true }).check();
  // The page that is left says the same words.
  const next = page.waitForEvent("framenavigated");
  await button(page, "page-ready-save").click();
  await next;
  await told(page, "page-ready-saved");
  await page.getByLabel(say(lang, "page-login-password")).fill(password);
  await button(page, "page-ready-sign-go").click();
  await told(page, "page-ready-yes");
  await look(page, "06-readiness-signed");
};

/** The exam point prints all tickets in one go and gives them out; their holders find the codes on the paper. */
export const tickets = async (play) => {
  const page = play.point;
  await visit(page, `/sessions/${play.session}`);
  await page.getByRole("link", { name: say(lang, "page-tickets"), exact: true }).click();
  await page.getByRole("heading", { level: 1, name: say(lang, "page-tickets-title", { count: everybody.length }) }).waitFor();
  await look(page, "07-tickets");
  const papers = paper(await printout(page, page.getByRole("link", { name: say(lang, "page-tickets-pdf") })));
  assert.equal(papers.length, everybody.length, "a page each");
  for (const who of everybody) {
    const own = papers.find(({ text }) => text.includes(who.ticket));
    assert.ok(own, `a page for ${who.ticket}`);
    who.qr = own.code;
    who.code = /[A-Z2-7]{4}-[A-Z2-7]{4}/.exec(own.text)[0];
  }
};

const touch = (page, id, args) => page.getByRole("button", { name: say(lang, id, args) }).first().click();

/** Everybody but one comes to the kiosk: by card, by the ticket's code, or by typing the number. */
export const checkIn = async (play) => {
  const page = await open(play.browser, { lang, size: "kiosk" });
  await page.goto(`${kiosk}/?lang=${lang}`);
  for (const who of present) {
    await devices({ picture_seed: who.id_number });
    await page.getByRole("heading", { name: say(lang, "kiosk-checkin-title") }).waitFor();
    if (who === cast.wang) {
      await devices({ card: { id_number: who.id_number, name: who.name } });
      await touch(page, "kiosk-way-card");
      await look(page, "08-kiosk-card");
      await touch(page, "kiosk-card-go");
    } else if (who === cast.zhang) {
      await touch(page, "kiosk-way-number");
      for (const key of who.id_number) await page.getByRole("button", { name: key, exact: true }).click();
      await page.getByRole("button", { name: say(lang, "kiosk-number-go"), exact: true }).click();
    } else {
      await touch(page, "kiosk-way-qr");
      await page.keyboard.type(who.qr);
      await page.keyboard.press("Enter");
    }
    await page.locator("#result [data-photo]").first().waitFor();
    if (who === cast.wang) await look(page, "09-kiosk-checked-in");
    await devices({ card: null });
    await touch(page, "kiosk-photo-go");
    await page.getByRole("heading", { name: say(lang, "kiosk-done-photo") }).waitFor();
    if (who === cast.wang) await look(page, "10-kiosk-photo");
    await touch(page, "kiosk-photo-keep");
    await page.getByRole("heading", { name: say(lang, "kiosk-progress-photographed") }).waitFor();
    if (who === cast.wang) await look(page, "11-kiosk-next");
    await touch(page, "kiosk-finish");
  }
  await page.context().close();
};

/** Staff at the desk compare, give numbers, call; one who does not come is passed over and called again later. */
export const desk = async (play) => {
  const page = await open(play.browser, { lang, size: "desktop" });
  const board = await open(play.browser, { lang, size: "board" });
  play.desk = page;
  await board.goto(`${kiosk}/board?lang=${lang}`);
  await page.goto(`${kiosk}/desk?lang=${lang}`);
  await page.locator("[data-staff]").first().click();
  // The one who will not hear her call is compared first, so that others come after her.
  for (const who of [cast.huang, ...present.filter((other) => other !== cast.huang)]) {
    await page.locator(`#pick-${who.ticket}`).click();
    await page.locator(`#pick-${who.ticket}[aria-current]`).waitFor();
    if (who === cast.huang) await look(page, "12-desk-compare");
    await page.locator(`#same[data-ticket="${who.ticket}"]`).click();
    await page.locator(`#pick-${who.ticket}`).waitFor({ state: "detached" });
  }
  await page.locator("#call-next").click();
  await page.locator(`#pass-${cast.huang.ticket}`).waitFor();
  await board.locator(".newest .number", { hasText: "001" }).waitFor();
  await look(page, "13-desk-called");
  await look(board, "14-board");
  await page.locator(`#pass-${cast.huang.ticket}`).click();
  await page.locator("#message.toast-bad").waitFor();
  await clock("advance 61");
  await page.locator(`#recall-${cast.huang.ticket}`).click();
  await board.getByText(say(lang, "kiosk-board-again")).waitFor();
  await look(board, "15-board-again");
  await clock("advance 61");
  await page.locator(`#pass-${cast.huang.ticket}`).click();
  await page.getByText(say(lang, "kiosk-queue-passed-over", { count: 1 })).waitFor();
  await look(page, "16-desk-passed-over");
  const called = [];
  for (let turn = 0; turn < present.length; turn += 1) {
    await page.locator("#call-next").click();
    const admit = page.locator("[id^=admit-]");
    await admit.waitFor();
    called.push((await admit.getAttribute("id")).slice("admit-".length));
    await admit.click();
    await page.getByText(say(lang, "kiosk-queue-nobody-called")).waitFor();
  }
  assert.deepEqual([...called].sort(), present.map((who) => who.ticket).sort(), "everybody is called once");
  await page.getByText(say(lang, "kiosk-sync-all-sent")).waitFor();
  await page.locator("#tab-people").click();
  await page.locator("#all-people tr").first().waitFor();
  const rooms = new Map(
    await page.locator("#all-people tr").evaluateAll((rows) => rows.map((row) => [row.cells[1].innerText, row.cells[3].innerText.split(" · ")[0]])),
  );
  const together = called.filter((ticket) => rooms.get(ticket) === rooms.get(cast.huang.ticket));
  const behind = Math.min(3, together.length - 1);
  assert.equal(together.indexOf(cast.huang.ticket), behind, "who was passed over comes again behind three others of the room");
  await look(page, "17-desk-people");
  await board.context().close();
};
