"use strict";

const noAnswer = document.getElementById("no-answer");

kiosk.renew(
  document.getElementById("board"),
  () => "/part/board?lang=" + kiosk.lang,
  500,
  (answered) => {
    noAnswer.hidden = answered;
  },
);
