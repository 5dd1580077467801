// Pictures of questions. They are no condition for answering: a question is shown at once, and its picture follows when the
// line has it.
"use strict";
(() => {
  const questions = document.getElementById("seat-questions");
  const picture = async (box, item) => {
    try {
      const address = await globalThis.seat.picture(item);
      const shown = document.createElement("img");
      shown.className = "seat-picture";
      shown.alt = questions.dataset.pictureAlt;
      shown.src = address;
      if (box.isConnected && !box.querySelector(".seat-picture")) box.querySelector("legend").after(shown);
    } catch {
      // Tried again when the question is shown again.
    }
  };
  const look = () => {
    for (const box of questions.querySelectorAll(".seat-question")) {
      if (box.querySelector(".seat-picture")) continue;
      const position = Number(box.id.replace("seat-q", ""));
      const item = globalThis.seat.sitting?.paper?.items.find((found) => found.position === position);
      if (item?.picture) picture(box, item);
    }
  };
  new MutationObserver(look).observe(questions, { childList: true });
})();
