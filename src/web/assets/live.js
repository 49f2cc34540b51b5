// Times in the viewer's zone, and pages that follow what changes. Everything else works without a script.
"use strict";

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function showTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.title = time.textContent;
      time.textContent = format.format(at);
    }
  }
}

// What is being typed must not get lost, so the page waits until it is sent or taken back.
function isTyping(live) {
  const fields = live.querySelectorAll("input:not([type=hidden]), textarea");
  return Array.from(fields).some((field) => field === document.activeElement || field.value !== field.defaultValue);
}

// What stands here is no longer what is so.
function signedOut() {
  const told = document.createElement("p");
  told.className = "told wrong";
  told.setAttribute("role", "status");
  told.textContent = "This page is not kept up to date any more: you are signed out. Type: youward open";
  document.getElementById("main").prepend(told);
}

async function refresh() {
  const live = document.getElementById("live");
  if (!live || isTyping(live)) return;
  const answer = await fetch(live.dataset.at || location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  if (!fresh) return;
  const opened = Array.from(live.querySelectorAll("details"), (details) => details.open);
  const focused = live.contains(document.activeElement) ? document.activeElement : null;
  const again = focused && (focused.id ? "#" + CSS.escape(focused.id) : focused.getAttribute("href") &&
    "a[href=" + CSS.escape(focused.getAttribute("href")) + "]");
  showTimes(fresh);
  fresh.querySelectorAll("details").forEach((details, at) => { if (at in opened) details.open = opened[at]; });
  live.replaceWith(document.adoptNode(fresh));
  if (again) document.querySelector(again)?.focus({ preventScroll: true });
}

showTimes(document);
if (document.getElementById("live")) {
  const events = new EventSource("/events");
  // What the page was made from already is no news to it.
  events.onmessage = (event) => {
    if (event.data !== document.getElementById("live")?.dataset.seen) refresh().catch(() => {});
  };
  // After a lost connection something may have changed unseen.
  let lost = false;
  events.onerror = () => {
    lost = true;
    if (events.readyState === EventSource.CLOSED) signedOut();
  };
  events.onopen = () => { if (lost) { lost = false; refresh().catch(() => {}); } };
}
