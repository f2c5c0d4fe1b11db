// One conversation: drafts that survive, one press = one message, an answer that may be taken back.
(() => {
  "use strict";
  const place = document.querySelector("[data-conversation]");
  if (!place) return;
  const id = `${place.dataset.me}:${place.dataset.conversation}`;  // colleagues may share a browser
  const form = document.querySelector("[data-answering]");
  const field = form.querySelector("[data-answer]");
  const state = form.querySelector("[data-state]");
  const file = form.querySelector("input[type=file]");
  const thread = document.getElementById("thread");
  const csrf = () => document.querySelector("meta[name=csrf]").content;
  const base = form.action.replace(/say$/, "");
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
  const memory = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { value ? localStorage.setItem(name, value) : localStorage.removeItem(name); } catch { /* off */ } },
  };
  const DRAFT = `draft:${id}`, KEY = `key:${id}`;

  // --- the thread -------------------------------------------------------------------------------------
  const lines = () => thread.querySelector(".lines-of-talk");
  function toEnd() { const box = lines(); if (box) box.scrollTop = box.scrollHeight; }
  toEnd();
  // The card and the state of a draft come later and take their room below: the last message stays in sight.
  let atEnd = true;
  thread.addEventListener("scroll", ({ target: box }) => {
    if (box === lines()) atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  }, true);
  new ResizeObserver(() => { if (atEnd) toEnd(); }).observe(thread);
  let stays = false;
  thread.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== thread) return;
    const box = lines();
    stays = Boolean(box) && box.scrollHeight - box.scrollTop - box.clientHeight > 120 ? box.scrollTop : false;
    event.detail.serverResponse = withOlder(event.detail.serverResponse);
  });
  thread.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== thread) return;
    if (stays === false) toEnd(); else lines().scrollTop = stays;
    allow();
    tellNew();
  });
  // The thread comes as a whole: what is new in it is said to who does not see it.
  const heardOf = () => [...thread.querySelectorAll("article.reader")];
  let known = new Set(heardOf().map(({ id }) => id));
  function tellNew() {
    const all = heardOf(), told = all.filter(({ id }) => !known.has(id)).map((one) => one.innerText.trim());
    known = new Set(all.map(({ id }) => id));
    if (told.length) place.querySelector("[data-heard]").textContent = told.join("\n");
  }
  // The thread comes as its newest page; older lines that stand here stay above it, and who reads there keeps the place.
  function withOlder(html) {
    const came = new DOMParser().parseFromString(html, "text/html");
    const first = came.querySelector(".lines-of-talk article"), known = first && document.getElementById(first.id);
    if (!known || known.parentNode !== lines()) return html;
    while (first.previousSibling) first.previousSibling.remove();
    for (let one = lines().firstChild; one !== known; one = one.nextSibling) first.before(came.importNode(one, true));
    return came.body.innerHTML;
  }
  async function loadOlder({ dataset: { earlier } }) {
    const answer = await fetch(earlier, { headers: { "HX-Request": "true" } }).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    const box = lines(), button = box.querySelector(`[data-earlier="${CSS.escape(earlier)}"]`);  // of the thread as it is by now
    if (!answer) desk.tell(document.body.dataset.offline, true);
    else if (!answer.ok) await refused(answer);
    else if (button) {
      const fromEnd = box.scrollHeight - box.scrollTop, had = document.activeElement === button;
      button.closest("p").outerHTML = html;
      for (const { id } of heardOf()) known.add(id);
      box.scrollTop = box.scrollHeight - fromEnd;
      if (had) (box.querySelector("[data-earlier]") ?? box).focus({ preventScroll: true });
    }
  }
  desk.listen(place.dataset.stream, "changed", (mark) => { if (mark !== lines().dataset.mark) htmx.trigger(thread, "refresh"); });
  setInterval(() => htmx.trigger("#talk-head", "tick"), 30000);
  function allow() {
    form.querySelector("[data-send]").disabled = Boolean(thread.querySelector("[data-others]"));
  }
  allow();

  // --- the draft: in this browser at once, in the store a moment later --------------------------------
  const remembered = memory.get(DRAFT);
  const typing = field.value !== field.defaultValue;  // before this script was here
  if (remembered && !typing) field.value = remembered;
  let later = 0;
  field.addEventListener("input", () => {
    memory.set(DRAFT, field.value);
    clearTimeout(later);
    later = setTimeout(keepDraft, 1500);
  });
  if (typing) field.dispatchEvent(new Event("input"));
  async function keepDraft() {
    const body = new URLSearchParams({ text: field.value });
    const answer = await fetch(base + "draft", { method: "POST", body, headers: { "X-CSRF": csrf() } }).catch(() => null);
    state.textContent = answer?.ok && field.value ? form.dataset.kept : "";
    if (answer?.status === 401) await refused(answer);
  }

  // --- sending ----------------------------------------------------------------------------------------
  // One press, one key: it stays the same until the house has said that it has it, whatever the line does meanwhile.
  let line = Promise.resolve();
  let again = null, last = null;
  const isSame = (one, other) => one?.name === other?.name && one?.size === other?.size && one?.lastModified === other?.lastModified;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value, attachment = file.files[0] ?? null;
    if (!text.trim() && !attachment) return;
    clearTimeout(later);
    const repeats = again?.text === text && isSame(again.attachment, attachment);
    const pressed = { text, attachment, key: repeats ? again.key : newKey() };
    again = null;
    last = pressed;
    if (!attachment) memory.set(KEY, JSON.stringify({ text, key: pressed.key }));
    memory.set(DRAFT, "");
    field.value = "";
    detach();
    field.focus();
    line = line.then(() => send(pressed));
  });
  async function send({ text, attachment, key }) {
    const body = new FormData();
    body.set("key", key);
    body.set("text", text);
    if (attachment) body.set("file", attachment);
    const answer = await patiently(body);
    state.textContent = "";
    if (answer?.ok) {
      memory.set(KEY, "");
      htmx.trigger(thread, "refresh");
      toEnd();
      return;
    }
    if (!answer || answer.status === 401 || answer.status >= 500) again = { text, key, attachment };
    memory.set(KEY, again && !attachment ? JSON.stringify({ text, key }) : "");
    giveBack(text, attachment);
    if (answer) await refused(answer);
    else desk.tell(form.dataset.again, true);
  }
  async function patiently(body) {
    for (const pause of [1000, 3000, 6000, 0]) {
      try {
        return await fetch(form.action, { method: "POST", body, headers: { "X-CSRF": csrf() } });
      } catch {
        if (!pause) return null;
        state.textContent = form.dataset.lost;
        await new Promise((done) => setTimeout(done, pause));
      }
    }
    return null;
  }
  function giveBack(text, attachment = null) {
    field.value = field.value && text ? `${text}\n${field.value}` : field.value || text;
    if (attachment && !file.files.length) {
      const kept = new DataTransfer();
      kept.items.add(attachment);
      file.files = kept.files;
      showAttached();
    }
    if (again) again.text = field.value === text ? text : null;
    memory.set(DRAFT, field.value);
    field.focus();
  }
  try {
    const unsure = JSON.parse(memory.get(KEY) || "null");  // the page went while an answer was on its way
    if (unsure && (!field.value || field.value === unsure.text)) {
      again = unsure;
      if (!field.value) giveBack(unsure.text);
    }
  } catch { memory.set(KEY, ""); }
  async function refused(answer) {
    const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
    desk.refused(answer.status, plain ? await answer.text() : document.body.dataset.failed);
  }
  function put(html) {
    htmx.swap(thread, withOlder(html), { swapStyle: "innerHTML" });
    toEnd();
    allow();
  }

  // --- taking back, inserting, attaching, noting -------------------------------------------------------
  addEventListener("click", async (event) => {
    const undo = event.target.closest?.("[data-undo]");
    if (undo) {
      undo.disabled = true;
      const body = new URLSearchParams({ key: undo.dataset.undo });
      const answer = await fetch(base + "undo", { method: "POST", body, headers: { "X-CSRF": csrf() } }).catch(() => null);
      if (answer?.ok) {
        giveBack((await answer.json()).text, last?.key === undo.dataset.undo ? last.attachment : null);
      } else if (answer) await refused(answer);
      htmx.trigger(thread, "refresh");
    }
    const earlier = event.target.closest?.("[data-earlier]");
    if (earlier) await loadOlder(earlier);
    const insert = event.target.closest?.("[data-insert]");
    if (insert) {
      const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
      const glue = from > 0 && !/\s$/.test(field.value.slice(0, from)) ? "\n" : "";
      field.setRangeText(glue + insert.dataset.insert, from, to, "end");
      field.dispatchEvent(new Event("input"));
      insert.closest("dialog")?.close();
      field.focus();
    }
    if (event.target.closest?.("[data-closes]")) event.target.closest("dialog").close();
    if (event.target.closest?.("[data-detach]")) detach();
  });
  const attached = form.querySelector("[data-attached]");
  function detach() { file.value = ""; attached.hidden = true; }
  function showAttached() {
    attached.hidden = !file.files.length;
    attached.querySelector("span").textContent = file.files[0]?.name ?? "";
  }
  file.addEventListener("change", showAttached);
  const noting = document.querySelector("[data-noting]");
  let noteKey = newKey();
  noting.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ key: noteKey, text: noting.elements.text.value });
    const answer = await fetch(noting.action, { method: "POST", body, headers: { "X-CSRF": csrf() } }).catch(() => null);
    if (answer?.ok) {
      noteKey = newKey();
      noting.reset();
      noting.closest("dialog").close();
      put(await answer.text());
    } else if (answer) await refused(answer);
    else desk.tell(form.dataset.again, true);
  });
})();
