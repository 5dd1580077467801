// The theory examination: the invigilators' tablet on one side, the examinees' seats on the other.
import assert from "node:assert/strict";
import { password, say, server } from "./lib.mjs";
import { cast, day, device, everybody, itIs, lang, loginOf, look, phone, point, visit } from "./day-world.mjs";
import { answerByKeys, answerInList, answerOneByOne, asList, handIn, paperOpens, sitDown } from "./day-seat.mjs";

const QUESTIONS = 100;
const button = (page, id) => page.getByRole("button", { name: say(lang, id), exact: true });
const told = (page, id, args) => page.getByText(say(lang, id, args)).first().waitFor();
const ended = (page, id) => page.getByRole("heading", { level: 1, name: say(lang, id) }).waitFor();
const chip = (page, who, text) => page.locator(".plan-seat").filter({ has: page.locator(`text=${text}`) })
  .and(page.locator(`[href*="${who.ticket}"]`)).waitFor();

/** A holder opens his page on the phone the moment he has the ticket. */
export const expects = async (play, who) => {
  await phone(play.browser, who, "expected");
  await look(who.mine, "07-phone-expected");
};

/** Roll call, pledge, release of each room in use; before it nobody gets a paper. */
export const open = async (play) => {
  const { wang } = cast;
  play.rooms = new Map();
  for (const place of [...new Set(everybody.map((who) => who.room))].sort()) {
    const pair = play.duties.filter((duty) => duty.kind === "invigilator" && duty.place === place);
    assert.equal(pair.length, 2, `two invigilators in ${place}`);
    const [first, second] = pair.map((duty) => loginOf(duty.name, "room"));
    const page = await device(play.browser, first, { size: "tablet" });
    if (play.rooms.size === 0) await look(page, "18-invigilator-home");
    await page.getByRole("link", { name: say(lang, "page-room-open", { room: place }) }).click();
    play.rooms.set(place, { page, second, path: new URL(page.url()).pathname });
  }
  wang.seatPage = await sitDown(play.browser, wang, wang);
  await wang.seatPage.locator("#seat-wait-text", { hasText: say(lang, "page-seat-wait-starts", { time: "09:00" }) }).waitFor();
  await look(wang.seatPage, "20-seat-waits");
  for (const [place, { page }] of play.rooms) {
    if (place === wang.room) await look(page, "19-room-before");
    await button(page, "page-room-roll-go").click();
    await told(page, "page-room-done-roll-call");
    await button(page, "page-room-pledge-go").click();
    await told(page, "page-room-done-pledge");
    if (place === wang.room) await look(page, "21-room-release");
    await button(page, "page-room-release-go").click();
    await told(page, "page-room-done-release");
  }
  await itIs("09:00");
  await paperOpens(wang.seatPage);
};

/** The power fails in a room: its examinees see that nothing is lost, and get their time back. */
const halted = async (play, who) => {
  const { page, path } = play.rooms.get(who.room);
  await page.goto(new URL(`${path.replace(/\/room\/.*/, "")}/rooms`, page.url()).href);
  const some = async (act, reason) => {
    await page.getByRole("checkbox", { name: who.room, exact: true }).setChecked(true);
    await page.getByRole("radio", { name: new RegExp(say(lang, `page-room-${act}-go`)) }).first().check();
    await page.getByLabel(say(lang, "page-room-reason"), { exact: true }).fill(reason);
    await button(page, "page-rooms-go").click();
    await told(page, `page-room-done-${act}`);
  };
  await some("halt", "停电");
  await who.seatPage.getByText(say(lang, "page-seat-halted")).waitFor();
  await look(page, "24-rooms-halted");
  await look(who.seatPage, "24-seat-halted");
  await some("resume", "来电");
  await who.seatPage.locator("#seat-halted").waitFor({ state: "hidden" });
  await page.goto(new URL(path, page.url()).href);
};

/** The line is cut and the browser killed: what was answered is on the machine, and is sent when both are back. */
const cutOff = async (who) => {
  const context = who.seatPage.context();
  await asList(who.seatPage, true);
  await context.setOffline(true);
  for (const position of [1, 2, 3]) await who.seatPage.locator(`#seat-q${position} .seat-option`).first().click();
  await who.seatPage.locator("#seat-line[data-state=kept]").waitFor();
  await look(who.seatPage, "23-seat-cut-off");
  await who.seatPage.close();
  await context.setOffline(false);
  who.seatPage = await context.newPage();
  await who.seatPage.goto(`${server}/seat`);
  await paperOpens(who.seatPage);
  await who.seatPage.locator("#seat-line[data-state=saved]").waitFor();
  assert.equal(await who.seatPage.locator("#seat-palette .is-answered").count(), 3, "all three are there");
};

/** Each in his own way; what was answered stays whatever happens to the machine. */
export const answer = async (play) => {
  const { wang, li, zhang, chen, ayi, huang } = cast;
  for (const who of [li, zhang, chen, ayi, huang]) {
    who.seatPage = await sitDown(play.browser, who, who);
    await paperOpens(who.seatPage);
  }
  await look(li.seatPage, "22-seat-paper");
  await halted(play, li);
  await answerInList(wang.seatPage, 1, 50);
  await answerByKeys(wang.seatPage, 51, QUESTIONS);
  await asList(wang.seatPage, false);
  await answerOneByOne(li.seatPage, 1, 10);
  await li.seatPage.context().close();
  li.seatPage = await sitDown(play.browser, li, li);
  await paperOpens(li.seatPage);
  assert.equal(await li.seatPage.locator("#seat-palette .is-answered").count(), 10, "what was answered is there again");
  await answerByKeys(li.seatPage, 11, QUESTIONS);
  await answerInList(zhang.seatPage, 1, 10);
  await answerInList(chen.seatPage, 1, 15);
  await answerInList(ayi.seatPage, 1, 3);
  await asList(chen.seatPage, false);
  await cutOff(huang);
  await answerByKeys(huang.seatPage, 1, 60, false);
  await phone(play.browser, li, "in-room");
  await look(li.mine, "24-phone-in-room");
  await move(play, zhang);
};

const choose = async (play, who) => {
  const { page, path } = play.rooms.get(who.room);
  await visit(page, path);
  await page.locator(`.plan-seat[href*="${who.ticket}"]`).click();
  await page.locator("#person").waitFor();
  return page;
};

/** The machine breaks: the examinee goes on at another seat where he stopped. */
const move = async (play, who) => {
  const page = await choose(play, who);
  const taken = new Set(everybody.map((other) => other.seat));
  const free = Array.from({ length: 30 }, (_, at) => 30 - at).find((seat) => !taken.has(seat));
  await page.locator("summary", { hasText: say(lang, "page-room-move") }).click();
  await page.getByRole("spinbutton", { name: say(lang, "page-seat") }).fill(String(free));
  await page.locator("#reason").fill("鼠标坏了");
  await look(page, "25-room-move");
  await button(page, "page-room-move-go").click();
  await told(page, "page-room-done-move");
  await ended(who.seatPage, "page-seat-moved-title");
  await look(who.seatPage, "26-seat-moved");
  await who.seatPage.context().close();
  who.seat = free;
  who.seatPage = await sitDown(play.browser, who, who);
  await paperOpens(who.seatPage);
  assert.equal(await who.seatPage.locator("#seat-palette .is-answered").count(), 10);
  await answerByKeys(who.seatPage, 11, QUESTIONS);
};

/** A telephone in the hand: two invigilators sign, the screen says so at once. */
export const remove = async (play) => {
  const page = await choose(play, cast.ayi);
  await page.locator("summary", { hasText: say(lang, "page-room-misconduct") }).click();
  await page.getByLabel(say(lang, "page-room-grave-what")).check();
  await page.getByLabel(say(lang, "page-room-what-happened")).fill("考试中拿出手机查找答案，手机已当场封存");
  await page.locator("#second").fill(play.rooms.get(cast.ayi.room).second);
  await page.locator("#second-password").fill("wrong");
  await button(page, "page-room-misconduct-go").click();
  await page.getByRole("alert").first().waitFor();
  await look(page, "27-room-misconduct");
  await page.locator("#second-password").fill(password);
  await button(page, "page-room-misconduct-go").click();
  await told(page, "page-room-done-misconduct");
  await ended(cast.ayi.seatPage, "page-seat-removed-title");
  await look(cast.ayi.seatPage, "28-seat-removed");
};

/** Too early, then handed in by three, then the time runs out for the one who has not finished. */
export const end = async (play) => {
  const { wang, li, zhang, chen, huang } = cast;
  await itIs("09:20");
  await handIn(wang.seatPage);
  const refusal = wang.seatPage.locator("#seat-sure-error");
  await refusal.filter({ hasText: /\S/ }).waitFor();
  await look(wang.seatPage, "29-seat-too-early");
  await button(wang.seatPage, "page-seat-sure-back").click();
  // Half an hour without a look would end the logins of those who watch the rooms.
  for (const { page, path } of play.rooms.values()) await visit(page, path);
  await itIs("09:31");
  for (const who of [wang, li, zhang]) {
    await handIn(who.seatPage);
    await ended(who.seatPage, "page-seat-done-title");
  }
  await button(huang.seatPage, "page-seat-hand-in").click();
  await look(huang.seatPage, "30-seat-sure");
  await button(huang.seatPage, "page-seat-sure-go").click();
  await ended(huang.seatPage, "page-seat-done-title");
  // The slip: its code leads to a page on which anybody sees that it is the same.
  await huang.seatPage.locator("#seat-end-qr").evaluate((picture) => picture.decode());
  await look(huang.seatPage, "31-seat-done");
  const code = await huang.seatPage.locator("#seat-end-qr").getAttribute("src");
  const slip = await huang.seatPage.context().newPage();
  await slip.goto(`${server}${code.replace("/slip.svg", "/slip")}`);
  await slip.getByRole("heading", { name: say(lang, "page-handin-good"), exact: true }).waitFor();
  await slip.close();
  const { page, path } = play.rooms.get(cast.zhao.room);
  await visit(page, path);
  await chip(page, cast.zhao, say(lang, "page-stage-absent"));
  await look(page, "32-room-running");
  await itIs("10:55");
  await chen.seatPage.locator("#seat-warn", { hasText: say(lang, "page-seat-warn-5") }).waitFor();
  await look(chen.seatPage, "33-seat-five-minutes");
  await itIs("11:00");
  await ended(chen.seatPage, "page-seat-done-time-title");
  await look(chen.seatPage, "34-seat-time-up");
  for (const who of [wang, li, zhang, chen, huang, cast.ayi]) await who.seatPage.context().close();
};

/** Everybody has ended; the invigilators write down how it was. */
export const record = async (play) => {
  for (const [place, { page, path }] of play.rooms) {
    await visit(page, path);
    await page.getByLabel(say(lang, "page-room-record-note")).fill("设备正常，秩序良好。一人换座位，一人违纪离场。");
    if (place === cast.ayi.room) await look(page, "35-room-record");
    await button(page, "page-room-record-go").click();
    await told(page, "page-room-done-record");
    if (place === cast.ayi.room) await look(page, "36-room-done");
    await page.context().close();
  }
};

/** The roll on paper is read by two of the exam point, each on his own; it counts because they read the same. */
export const paper = async (play) => {
  const { zhao } = cast;
  const second = await device(play.browser, "pointb", { size: "tablet" });
  for (const [page, agreed] of [[play.point, 0], [second, 1]]) {
    await visit(page, `/paper/${day}/${point}`);
    const line = page.getByRole("row").filter({ hasText: zhao.ticket });
    await line.getByRole("radio", { name: say(lang, "page-paper-no"), exact: true }).check();
    await page.locator("form").filter({ has: line }).getByRole("button", { name: say(lang, "page-paper-save") }).click();
    const said = say(lang, "page-paper-entered", { agreed, waiting: 1 - agreed, different: 0 });
    await page.getByRole("status").filter({ hasText: said }).waitFor();
    await line.getByText(say(lang, agreed ? "page-paper-absent" : "page-paper-state-waiting")).first().waitFor();
  }
  await look(second, "38-paper-second");
  await second.context().close();
};
