// Pictures of questions at the seat. They are no condition for answering: a question is shown at once, and its picture
// follows when the server has sent it.
"use strict";
(() => {
  const questions = document.getElementById("seat-questions");
  if (!questions) return;
  const kept = new Map();
  const sitting = () => {
    try {
      return JSON.parse(localStorage.getItem("kaodian-seat") ?? "null");
    } catch {
      return null;
    }
  };
  const load = async (position, token) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`/api/v1/seat/pictures/${position}`, { headers });
    if (!answer.ok) throw new Error(String(answer.status));
    const blob = await answer.blob();
    return new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.onerror = failed;
      reader.readAsDataURL(blob);
    });
  };
  const picture = async (box, item, token) => {
    try {
      if (!kept.has(item.picture)) kept.set(item.picture, load(item.position, token));
      const shown = document.createElement("img");
      shown.className = "seat-picture";
      shown.alt = questions.dataset.pictureAlt;
      shown.src = await kept.get(item.picture);
      if (box.isConnected && !box.querySelector(".seat-picture")) box.querySelector("legend").after(shown);
    } catch {
      // Tried again when the question is shown again.
      kept.delete(item.picture);
    }
  };
  const look = () => {
    const boxes = [...questions.querySelectorAll(".seat-question")].filter((box) => !box.querySelector(".seat-picture"));
    if (!boxes.length) return;
    const now = sitting();
    for (const box of boxes) {
      const position = Number(box.id.replace("seat-q", ""));
      const item = now?.paper?.items.find((found) => found.position === position);
      if (item?.picture) picture(box, item, now.token);
    }
  };
  new MutationObserver(look).observe(questions, { childList: true });
})();
