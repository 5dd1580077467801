// Check-in at the desk with another document than the identity card, signed by two members of staff.
"use strict";

const substitute = document.getElementById("substitute");
const substitutePart = (part) => document.getElementById("substitute-" + part);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && button.id === "substitute-close") {
    substitute.close();
  }
  if (!button || !button.dataset.substitute) {
    return;
  }
  const accepted = button.dataset.documents.split(" ");
  for (const option of substitutePart("document").options) {
    option.hidden = option.disabled = !accepted.includes(option.value);
  }
  substitutePart("document").value = accepted[0];
  // Whoever is signed in has signed already; somebody else must be the second.
  const second = substitutePart("second");
  for (const option of second.options || []) {
    option.hidden = option.disabled = option.value === staff;
  }
  second.value = [...(second.options || [])].find((option) => !option.disabled)?.value ?? "";
  substitutePart("name").textContent = button.dataset.name;
  substitutePart("ticket").textContent = button.dataset.substitute;
  substitutePart("state").textContent = "";
  substitute.showModal();
});

document.getElementById("substitute-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = {
    ticket: substitutePart("ticket").textContent,
    document: substitutePart("document").value,
    staff,
    second: substitutePart("second").value.trim(),
  };
  const answer = await kiosk.post("/api/substitute", body);
  if (answer.ok) {
    substitute.close();
  } else {
    substitutePart("state").textContent = kiosk.problem(answer.text);
    substitutePart("state").className = "state bad";
  }
  await renew();
});
