// What every screen has: forms bound to the session, keys, windows, words about what happened.
(() => {
  "use strict";
  const FIRST_PAUSE_MS = 2000, LONGEST_PAUSE_MS = 60000, BETWEEN_KEYS_MS = 3000;
  const find = (selector, from = document) => from.querySelector(selector);
  const findAll = (selector, from = document) => [...from.querySelectorAll(selector)];

  // --- telling ------------------------------------------------------------------------------------
  let silence = 0;
  function tell(words, bad = false) {
    const told = find("#told"), place = find("dialog[open]") ?? document.body;
    if (!told) return;
    if (told.parentNode !== place) place.append(told);  // an open window hides what lies beneath it
    told.textContent = words;
    told.classList.toggle("bad", bad);
    clearTimeout(silence);
    silence = setTimeout(() => { told.textContent = ""; }, bad ? 12000 : 5000);
  }
  // Who is not signed in any more finds the door in the words themselves; they stay until it is used.
  function refused(status, words) {
    tell(words, true);
    if (status !== 401) return;
    clearTimeout(silence);
    const door = document.createElement("a");
    door.href = `${document.body.dataset.door}?next=${encodeURIComponent(location.pathname + location.search)}`;
    door.textContent = document.body.dataset.enter;
    find("#told").append(" ", door);
  }
  window.desk = { tell, refused, listen, waiting };

  // --- streams: the browser connects again where the line broke, not where it was refused -------------
  // (a proxy's word while the house restarts, too many windows, a session that ended).
  function listen(address, name, heard, refused) {
    let pause = FIRST_PAUSE_MS;
    (function open() {
      const stream = new EventSource(address);
      stream.addEventListener(name, (event) => { pause = FIRST_PAUSE_MS; heard(event.data); });
      stream.addEventListener("error", () => {
        if (stream.readyState !== EventSource.CLOSED) return;
        refused?.();
        setTimeout(open, pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      });
    })();
  }

  // --- htmx: the session's word in every request, what is refused is told and nothing is lost ---------
  addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF"] = find("meta[name=csrf]").content;
  });
  addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    const plain = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    refused(answer.status, plain ? answer.responseText : document.body.dataset.failed);
  });
  // Where nobody looks nothing is asked again and again: a session may end there. Who signs out asks for nothing more.
  let leaves = false;
  addEventListener("submit", ({ target }) => { leaves ||= target.matches("[data-leaves]"); });
  addEventListener("pageshow", () => { leaves = false; });
  addEventListener("htmx:beforeRequest", (event) => {
    if (leaves || document.hidden && event.detail.elt.matches("[hx-trigger^=every], [hx-trigger=tick]")) event.preventDefault();
  });
  addEventListener("htmx:sendError", () => tell(document.body.dataset.offline, true));

  // --- what is pressed is not replaced under the finger -----------------------------------------------
  // A click is a press and a release on the same thing: what came anew between them would swallow it. And a row of a
  // list at which the mouse takes aim does not become another one before it is pressed.
  const AIMING_MS = 2000;
  let pressed = null, aimed = null, aimedAt = -Infinity;
  const owed = new Set();
  const pressable = (event) => event.target.closest?.("a, button, summary, input, label, select") ?? null;
  addEventListener("pointerdown", (event) => { if (event.button === 0) pressed = pressable(event); });
  addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") [aimed, aimedAt] = [event.target.closest?.("[data-row]"), performance.now()];
  });
  const aims = (place) => Boolean(aimed) && place.contains(aimed) && performance.now() - aimedAt < AIMING_MS;
  addEventListener("keydown", (event) => { if (event.code === "Space") pressed = pressable(event); });
  for (const end of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(end, () => setTimeout(released));
  function released() {
    pressed = null;
    for (const place of owed) if (place.isConnected) htmx.trigger(place, "refresh");
    owed.clear();
  }
  addEventListener("htmx:beforeSwap", (event) => {
    const { elt, target } = event.detail.requestConfig;
    if (!elt.matches("[hx-trigger^=refresh], [hx-trigger^=every], [hx-trigger=tick]") || !(target.contains(pressed) || aims(target))) return;
    event.detail.shouldSwap = false;
    owed.add(elt);
    if (!pressed) setTimeout(released, AIMING_MS);
  });

  // --- who pressed what its answer took away goes on from the answer, not from the top of the page ----------
  // By keyboard a conversation that was taken goes on in the field of the answer, one that was given away at «Взять».
  // So it does where a key alone took it: letters that are typed next would each be a key, «у» closes the conversation.
  const left = new Map();
  let keyed = null;
  addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    const at = document.activeElement, byKey = keyed !== null && target.contains(keyed);
    if (byKey || target.contains(at)) left.set(target, byKey || at.matches(":focus-visible"));
    if (byKey) keyed = null;
  });
  addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
    const byKeys = left.get(target);
    if (!left.delete(target) || document.activeElement !== document.body) return;
    const onward = byKeys && target.id === "thread" ? find("#do-take") ?? find("[data-answer]") : null;
    (find(".outcome", target) ?? onward)?.focus();
  });

  // --- a page that comes with what became of a form begins there: what it says so is read out, and keys go on from it ----
  const became = find("main .outcome, main .done[role=status], main .fault[role=alert], main .told-once");
  if (became && !find("main [autofocus]") && document.activeElement === document.body) {
    became.tabIndex = -1;
    became.focus();
  }
  // A page that answers a form stands at that form's address: loaded again it would send it again.
  const stands = find("main [data-address]")?.dataset.address;
  if (stands && stands !== location.pathname + location.search) history.replaceState(history.state, "", stands);
  // It is said once: the address forgets it, so a page that is loaded again does not say it anew. What can be taken back stays.
  const ONCE = ["done", "saved", "ended", "proposed", "taught", "meant", "changed"];
  if (became?.matches(".done") && !find("form", became)) {
    const address = new URL(location.href);
    for (const name of ONCE) address.searchParams.delete(name);
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  // --- figures beside sections: asked once a page, in silence where it is left before the answer --------------
  const figures = new Map();
  for (const place of findAll("[data-figure]")) {
    const { figure } = place.dataset;
    const told = (answer) => (answer.ok ? answer.text() : "");
    if (!figures.has(figure)) figures.set(figure, fetch(figure, { headers: { "HX-Request": "true" } }).then(told).catch(() => ""));
    figures.get(figure).then((html) => put(place, html));
  }
  function put(place, html) {
    place.innerHTML = html;
    const owed = place.closest(".owed a");  // on a phone the sections are in the menu: what waits is beside it
    if (owed) owed.hidden = !html.trim();
  }
  // A page that hears who waits keeps its title and its figures by that.
  const title = document.title;
  function waiting({ waiting: count, most }) {
    document.title = count ? `(${count}) ${title}` : title;
    const html = count ? `<span class="badge">${count}${count < most ? "" : "+"}</span>` : "";
    for (const place of findAll("[data-figure$='/list/count']")) figures.get(place.dataset.figure).then(() => put(place, html));
  }

  // --- who goes leaves nothing half written in a browser that others use, too; the house has it -----------------
  addEventListener("submit", ({ target }) => {
    if (!target.matches("[data-leaves]")) return;
    try {
      for (const name of Object.keys(localStorage)) if (/^(draft|key):/.test(name)) localStorage.removeItem(name);
    } catch { /* storage is off */ }
  });

  // --- on a slow line people press twice: what was sent is not sent again while its answer is awaited --------------
  // (a password that is shown once would be gone, and what was kept would be told as a mistake).
  const AWAITED_MS = 15000;
  let sentAt = new WeakMap();
  addEventListener("pageshow", () => { sentAt = new WeakMap(); });
  addEventListener("submit", (event) => {
    const { target: form, submitter, timeStamp } = event, by = submitter ?? form;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-again]")) return;
    if (timeStamp - (sentAt.get(by) ?? -Infinity) >= AWAITED_MS) { sentAt.set(by, timeStamp); return; }
    event.preventDefault();
    tell(document.body.dataset.sent);
  });

  // --- a form that comes when its session has ended is filled in again after the door -------------------------------
  const SENT = "sent";
  const session = (act) => { try { return act(sessionStorage); } catch { return null; } };  // storage may be off
  addEventListener("submit", ({ target: form, defaultPrevented }) => {
    if (defaultPrevented || form.method !== "post" || form.querySelector("[type=password]") || !form.querySelector("textarea, input:not([type])")) return;
    const fields = [...new FormData(form)].filter(([name, said]) => name !== "csrf" && typeof said === "string");
    const sent = { page: location.pathname + location.search, action: form.getAttribute("action"), fields };
    session((kept) => kept.setItem(SENT, JSON.stringify(sent)));
  });
  (() => {
    const sent = session((kept) => JSON.parse(kept.getItem(SENT)));
    if (!sent || find("[name=passed], [type=password]")) return;  // at the door
    const refusedNow = Boolean(find("[data-stopped='401']"));
    session((kept) => refusedNow ? kept.setItem(SENT, JSON.stringify({ ...sent, refused: true })) : kept.removeItem(SENT));
    if (refusedNow || !sent.refused || sent.page !== location.pathname + location.search) return;
    const form = findAll("form").find((one) => one.getAttribute("action") === sent.action), said = new Map(sent.fields);
    for (const field of form?.elements ?? []) {
      if (!field.name || field.type === "hidden" || field.type === "file") continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = said.get(field.name) === field.value;
      else field.value = said.get(field.name) ?? field.value;
    }
    form?.dispatchEvent(new Event("change", { bubbles: true }));
  })();

  // --- windows ----------------------------------------------------------------------------------------
  addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) find("#" + opener.dataset.opens)?.showModal?.();
    if (event.target.matches?.("dialog")) event.target.close();
  });

  // --- keys -------------------------------------------------------------------------------------------
  // A field of a window that was just closed keeps the focus until the browser draws again: nobody types there.
  const inField = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")?.getClientRects().length;
  // The button that Enter presses in a field, where it is not the first of the whole form.
  const ofEnter = (field) => {
    const place = field.matches?.("input") && field.closest("[data-enter]");
    return place ? find(place.dataset.enter, place) : null;
  };
  const press = (name) => {
    const wanted = find(`[data-key="${name}"]:not([disabled])`);
    if (wanted && wanted.offsetParent !== null) {
      if (wanted.form?.hasAttribute("hx-post")) keyed = wanted;
      wanted.click();
      return true;
    }
    return false;
  };
  let leader = -Infinity;
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form[data-quick]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const own = event.key === "Enter" ? ofEnter(event.target) : null;
    if (own) { event.preventDefault(); own.click(); return; }
    if (event.key === "Escape") {
      if (inField(event.target) && !event.target.closest("dialog")) event.target.blur();
      return;
    }
    if (inField(event.target) || find("dialog[open]")) return;
    // By the time of the presses: a slow computer may come to the second one late.
    if (event.timeStamp - leader < BETWEEN_KEYS_MS) {
      leader = -Infinity;
      const place = find(`[data-go="${event.code}"]`);
      if (place) { event.preventDefault(); place.click(); return; }
    }
    // By place on the keyboard, so that they work in the Russian layout as well.
    const actions = {
      KeyG: () => { leader = event.timeStamp; },
      KeyJ: () => step(1),
      KeyK: () => step(-1),
      KeyT: () => press("take"),
      KeyB: () => press("back"),
      KeyE: () => press("close"),
      KeyC: () => press("canned"),
      KeyS: () => press("shelf"),
      KeyN: () => press("note"),
      KeyP: () => press("hand"),
      KeyU: () => press("undo"),
      KeyR: () => { find("[data-answer]")?.focus(); },
    };
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey) || (event.code === "Digit7" && event.shiftKey && event.key === "?")) {
      event.preventDefault();
      find("#keys")?.showModal?.();
    } else if (event.key === "/" || event.code === "Slash") {
      const search = find("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select?.(); }
    } else if (actions[event.code]) {
      event.preventDefault();
      actions[event.code]();
    }
  });

  function step(way) {
    const rows = findAll("[data-row]").filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    const here = at >= 0 ? at : rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const next = rows[Math.min(Math.max(here + way, 0), rows.length - 1)] || rows[0];
    next.focus();
  }
})();
