// One conversation: drafts that survive, one press = one message, an answer that may be taken back.
(() => {
  "use strict";
  const place = document.querySelector("[data-conversation]");
  if (!place) return;
  const id = place.dataset.conversation;
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
  let stays = false;
  thread.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== thread) return;
    const box = lines();
    stays = Boolean(box) && box.scrollHeight - box.scrollTop - box.clientHeight > 120 ? box.scrollTop : false;
  });
  thread.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== thread) return;
    if (stays === false) toEnd(); else lines().scrollTop = stays;
    allow();
  });
  const stream = new EventSource(place.dataset.stream);
  let seen = 0;
  stream.addEventListener("changed", () => { if (seen++ > 0) htmx.trigger(thread, "refresh"); });
  stream.addEventListener("error", () => { seen = 1; });
  function allow() {
    const others = Boolean(thread.querySelector("[data-others]"));
    form.querySelector("[data-send]").disabled = others;
  }
  allow();

  // --- the draft: in this browser at once, in the store a moment later --------------------------------
  const remembered = memory.get(DRAFT);
  if (remembered && remembered !== field.value) field.value = remembered;
  let later = 0;
  field.addEventListener("input", () => {
    memory.set(DRAFT, field.value);
    clearTimeout(later);
    later = setTimeout(keepDraft, 1500);
  });
  async function keepDraft() {
    const body = new URLSearchParams({ text: field.value });
    const answer = await fetch(base + "draft", { method: "POST", body, headers: { "X-CSRF": csrf() } }).catch(() => null);
    state.textContent = answer?.ok && field.value ? form.dataset.kept : "";
    if (answer?.status === 401) await refused(answer);
  }

  // --- sending ----------------------------------------------------------------------------------------
  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending || (!field.value.trim() && !file.files.length)) return;
    sending = true;
    clearTimeout(later);
    const button = form.querySelector("[data-send]");
    button.disabled = true;
    const key = memory.get(KEY) || newKey();
    memory.set(KEY, key);  // until the house has said that it has it: the same press, however often
    const body = new FormData();
    body.set("key", key);
    body.set("text", field.value);
    if (file.files.length) body.set("file", file.files[0]);
    const answer = await patiently(body);
    if (answer?.ok) {
      memory.set(KEY, "");
      memory.set(DRAFT, "");
      field.value = "";
      detach();
      state.textContent = "";
      put(await answer.text());
    } else if (answer) {
      if (answer.status !== 401) memory.set(KEY, "");
      await refused(answer);
    } else {
      desk.tell(form.dataset.again, true);
    }
    sending = false;
    button.disabled = false;
    allow();
    field.focus();
  });
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
  async function refused(answer) {
    const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
    desk.tell(plain ? await answer.text() : String(answer.status), true);
  }
  function put(html) {
    thread.innerHTML = html;
    htmx.process(thread);
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
        const { text } = await answer.json();
        field.value = field.value ? `${text}\n${field.value}` : text;
        memory.set(DRAFT, field.value);
        field.focus();
      } else if (answer) await refused(answer);
      htmx.trigger(thread, "refresh");
    }
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
  file.addEventListener("change", () => {
    attached.hidden = !file.files.length;
    attached.querySelector("span").textContent = file.files[0]?.name ?? "";
  });
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
