"use strict";

const noAnswer = document.getElementById("no-answer");
// One answer that does not come in time is no news.
const PATIENCE = 6;
let missed = 0;

kiosk.renew(
  document.getElementById("board"),
  () => "/part/board?lang=" + kiosk.lang,
  500,
  (answered) => {
    missed = answered ? 0 : missed + 1;
    noAnswer.hidden = missed < PATIENCE;
  },
);
