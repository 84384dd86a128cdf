// Makes the forms pleasant: digits are grouped, errors appear in place, a second click does nothing.
// Without this script the same forms work with a reload; everything is checked again on the server.
"use strict";

(function () {
  const byId = (id) => document.getElementById(id);
  const number = byId("card-number");
  const expiry = byId("card-expiry");

  function digits(element) {
    return element.value.replace(/\D/g, "");
  }

  if (number) {
    number.addEventListener("input", () => {
      number.value = digits(number).slice(0, 19).replace(/(.{4})(?=.)/g, "$1 ");
    });
  }
  if (expiry) {
    expiry.addEventListener("input", (event) => {
      let text = digits(expiry).slice(0, 4);
      if (text.length === 1 && text > "1") text = "0" + text;
      const deleting = event.inputType === "deleteContentBackward";
      expiry.value = text.length > 2 || (text.length === 2 && !deleting) ? text.slice(0, 2) + " / " + text.slice(2) : text;
    });
  }

  function luhn(text) {
    let sum = 0;
    for (let place = 0; place < text.length; place += 1) {
      let digit = Number(text[text.length - 1 - place]);
      if (place % 2 === 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
      sum += digit;
    }
    return sum % 10 === 0;
  }

  function complaint() {
    const email = byId("email");
    if (email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.value.trim())) return ["email", "Your email address is not complete."];
    const byBank = byId("method-bank-debit");
    if (byBank && byBank.checked) {
      if (!byId("bank-account").value.trim()) return ["bank-account", "Please enter your account number."];
      if (!byId("bank-name").value.trim()) return ["bank-name", "Please enter your name."];
      return null;
    }
    if (!number) return null;
    const text = digits(number);
    if (text.length < 12) return ["card-number", "Your card number is incomplete."];
    if (!luhn(text)) return ["card-number", "Your card number is invalid."];
    if (digits(expiry).length < 4) return ["card-expiry", "Your card's expiration date is incomplete."];
    if (byId("card-cvc").value.trim().length < 3) return ["card-cvc", "Your card's security code is incomplete."];
    if (!byId("card-name").value.trim()) return ["card-name", "Please enter your name."];
    return null;
  }

  function show(field, message) {
    document.querySelectorAll("[aria-invalid]").forEach((element) => element.removeAttribute("aria-invalid"));
    byId("error").textContent = message;
    const element = field && byId(field);
    if (element && message) {
      element.setAttribute("aria-invalid", "true");
      element.focus();
    } else if (message) {
      byId("error").focus();
    }
  }

  // An error that came with the page, after a challenge that failed, is where the buyer goes on reading.
  if (byId("error") && byId("error").textContent) byId("error").focus();

  document.querySelectorAll("form[data-enhanced]").forEach((form) => {
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      const found = form.id === "payment-form" ? complaint() : null;
      if (found) {
        show(found[0], found[1]);
        return;
      }
      const body = new URLSearchParams(new FormData(form));
      if (event.submitter && event.submitter.name) body.set(event.submitter.name, event.submitter.value);
      const buttons = form.querySelectorAll("button");
      busy = true;
      buttons.forEach((button) => { button.disabled = true; });
      show(null, "");
      let answer;
      try {
        const response = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
        answer = await response.json();
      } catch (_) {
        answer = { error: "The payment could not be sent. Please try again." };
      }
      if (answer.redirect) {
        window.location.assign(answer.redirect);
        return;
      }
      busy = false;
      buttons.forEach((button) => { button.disabled = false; });
      show(answer.field, answer.error || "Something went wrong. Please try again.");
    });
  });
})();
