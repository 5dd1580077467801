// A whole exam day, done by people: each step by the one who does it, at his own device, by what the pages offer and
// nothing else. It wants a demo world in which nothing is planned yet (`cargo xtask test "whole day"`).
import { after, before, test } from "node:test";
import { launch, picture } from "./lib.mjs";
import { cast, itIs } from "./day-world.mjs";
import * as morning from "./day-morning.mjs";
import * as theory from "./day-theory.mjs";
import * as practical from "./day-practical.mjs";
import * as evening from "./day-evening.mjs";

const play = {};
before(async () => { play.browser = await launch(); });
after(() => play.browser.close());

// Each step stands on the one before: where one fails, the rest says nothing.
let failed = false;
const step = (name, work) =>
  test(name, async (t) => {
    if (failed) return t.skip("a step before failed");
    try {
      await work();
    } catch (error) {
      failed = true;
      // What everybody saw at that moment.
      const pages = play.browser.contexts().flatMap((context) => context.pages());
      for (const [at, page] of pages.entries()) await picture(page, `whole-day-failed-${at}`);
      throw error;
    }
  });

step("the centre plans a session for today and draws seats, papers and staff", () => morning.plan(play));
step("the exam point finds one item wrong, has it mended, and signs the readiness list", () => morning.ready(play));
step("the exam point gives out the tickets, and a holder sees room and time on the phone", async () => {
  await morning.tickets(play);
  await theory.expects(play, cast.wang);
});
step("examinees check in at the kiosk by card, code and number", async () => {
  await itIs("08:20");
  await morning.checkIn(play);
});
step("staff compare faces and call; who does not come is passed over and called again", () => morning.desk(play));
step("the invigilator calls the roll, has the pledge read and releases the room", async () => {
  await itIs("08:50");
  await theory.open(play);
});
step("examinees answer; one comes back after a broken browser, one changes the seat", () => theory.answer(play));
step("one is removed for misconduct, signed by two", () => theory.remove(play));
step("nobody leaves early; then they hand in, and one runs out of time", () => theory.end(play));
step("the invigilator signs the record of the room", () => theory.record(play));
step("the roll on paper is entered by two of the exam point, and they agree", () => theory.paper(play));
step("two examiners mark on their own; where they differ the lead examiner settles", () => practical.mark(play));
step("the centre publishes the results and issues the certificates", () => evening.publish(play));
step("each examinee sees on the phone how it ended and what comes next", () => evening.phones(play));
step("certificates are printed at the exam point and anybody can check them", () => evening.print(play));
step("the exam point closes the day", () => evening.close(play));
step("at the end everybody sees the same day", () => evening.counts(play));
