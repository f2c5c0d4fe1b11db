// Phones of all messengers. Text from outside only ever becomes textContent.
"use strict";

(() => {
  const known = JSON.parse(document.getElementById("known").textContent);
  const words = known.words;
  const stand = document.getElementById("stand");
  const tabs = document.getElementById("tabs");
  const notice = document.getElementById("notice");
  const narrow = window.matchMedia("(max-width: 759px)");
  const phones = new Map();

  // --- small helpers ------------------------------------------------------------------------------

  function make(name, look, text) {
    const made = document.createElement(name);
    if (look) made.className = look;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  function button(text, look, act) {
    const made = make("button", look, text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  function same(one, other) {
    return JSON.stringify(one) === JSON.stringify(other);
  }

  // --- telling the server -------------------------------------------------------------------------

  async function tell(phone, what) {
    return posted(phone, `/phones/${phone.kind}`, "application/json", JSON.stringify(what));
  }

  async function posted(phone, address, type, body) {
    try {
      const answer = await fetch(address, { method: "POST", headers: { "Content-Type": type }, body });
      phone.say(answer.ok ? "" : answer.status === 413 ? words.tooLarge : words.cannot);
      return answer.ok;
    } catch (error) {
      lost();
      return false;
    }
  }

  function lost() {
    notice.textContent = words.lost;
    notice.hidden = false;
  }

  // --- one message --------------------------------------------------------------------------------

  function worded(pieces) {
    const body = make("span", "words");
    for (const piece of pieces) {
      let shown = document.createTextNode(piece.text);
      if (piece.url) {
        const link = outward(piece.url, piece.text);
        shown = link || shown;
      }
      for (const [on, name] of [[piece.bold, "strong"], [piece.italic, "em"]]) {
        if (on) {
          const mark = make(name);
          mark.append(shown);
          shown = mark;
        }
      }
      body.append(shown);
    }
    return body;
  }

  function outward(url, text) {
    if (!/^(https?:|mailto:|tel:)/.test(url)) return null;
    const link = make("a", "", text);
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.append(make("span", "unseen", ` (${words.newWindow})`));
    return link;
  }

  function bubble(phone, item) {
    const row = make("div", `bubble ${item.author}`);
    const head = make("span", "unseen", `${item.author === "bot" ? words.bot : words.you}: `);
    row.append(head);
    if (item.removed) {
      row.append(make("em", "soft", words.removed));
      return row;
    }
    if (item.picture) {
      const picture = make("img", "picture");
      picture.src = `/phones/${phone.kind}/files/${encodeURIComponent(item.picture)}`;
      picture.alt = words.picture;
      row.append(picture);
    }
    if (item.piece) row.append(make("em", "piece", words[`${item.piece}Piece`]));
    row.append(worded(item.words));
    if (item.document) row.append(make("span", "piece", fill(words.document, { name: item.document })));
    if (item.place) row.append(place(item.place));
    row.append(foot(item));
    if (item.keys.length) row.append(item.opener ? list(phone, item) : keys(phone, item));
    return row;
  }

  function place(at) {
    const [latitude, longitude] = at.map((degrees) => degrees.toFixed(4));
    const text = fill(words.place, { latitude, longitude });
    const found = outward(`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`, text);
    found.className = "piece place";
    return found;
  }

  function foot(item) {
    const at = new Date(item.at);
    const parts = [at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })];
    if (item.edited) parts.unshift(words.edited);
    if (item.author === "bot" && words[item.state]) parts.push(words[item.state]);
    return make("small", `foot ${item.state}`, parts.join(" · "));
  }

  function key(phone, item, one, number, look) {
    if (one.kind === "link") {
      const link = outward(one.url, `${one.label} ↗`);
      if (link) link.className = look;
      return link || make("span", look, one.label);
    }
    const made = button(one.label, look, () => tell(phone, { do: "press", number: item.number, place: number }));
    if (one.detail) made.append(make("small", "detail", one.detail));
    return made;
  }

  function keys(phone, item) {
    const block = make("div", "keys");
    let number = 0;
    for (const row of item.keys) {
      const line = make("div", "keyrow");
      for (const one of row) line.append(key(phone, item, one, number++, "key"));
      block.append(line);
    }
    return block;
  }

  function list(phone, item) {
    const block = make("details", "keys list");
    block.append(make("summary", "key", `☰ ${item.opener}`));
    item.keys.flat().forEach((one, number) => block.append(key(phone, item, one, number, "key listed")));
    block.addEventListener("click", (event) => {
      if (event.target.closest("button")) block.open = false;
    });
    return block;
  }

  // --- one phone ----------------------------------------------------------------------------------

  class Phone {
    constructor({ kind, title, abilities }) {
      this.kind = kind;
      this.title = title;
      this.abilities = abilities;
      this.seen = [];
      this.rows = new Map();
      this.pane = make("section", `phone ${kind}`);
      this.pane.id = `phone-${kind}`;
      this.pane.append(this.heading(), this.talk(), this.waiting(), this.typed(), this.composer());
    }

    heading() {
      const head = make("header", "head");
      const title = make("h2", "", this.title);
      title.id = `title-${this.kind}`;
      const label = make("label", "trouble");
      label.append(make("span", "unseen", `${words.trouble}: ${this.title}`));
      this.trouble = make("select");
      for (const name of ["calm", "slow", "flood", "broken", "down"]) {
        const option = make("option", "", words[name]);
        option.value = name;
        this.trouble.append(option);
      }
      this.trouble.addEventListener("change", () => tell(this, { do: "trouble", name: this.trouble.value }));
      label.append(this.trouble);
      head.append(title, label);
      return head;
    }

    talk() {
      this.log = make("div", "talk");
      this.log.setAttribute("role", "log");
      this.log.setAttribute("aria-label", fill(words.log, { messenger: this.title }));
      this.log.tabIndex = 0;
      this.atEnd = true;
      this.log.addEventListener("scroll", () => {
        this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
      });
      new ResizeObserver(() => this.follow()).observe(this.log);
      return this.log;
    }

    follow() {
      if (this.atEnd) this.log.scrollTop = this.log.scrollHeight;
    }

    waiting() {
      this.queue = make("div", "queue");
      this.queue.hidden = true;
      this.status = make("p", "status");
      this.status.setAttribute("role", "status");
      const block = make("div", "below");
      block.append(this.queue, this.status);
      return block;
    }

    typed() {
      this.keyboard = make("div", "keyboard");
      this.keyboard.hidden = true;
      return this.keyboard;
    }

    composer() {
      const form = make("form", "composer");
      this.field = make("textarea");
      this.field.rows = 1;
      this.field.maxLength = known.limit;
      this.field.placeholder = words.placeholder;
      this.field.setAttribute("aria-label", fill(words.message, { messenger: this.title }));
      this.field.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
          event.preventDefault();
          form.requestSubmit();
        } else if (event.key === "Escape" && this.editing) {
          this.edit(false);
        }
      });
      const send = make("button", "send", "➤");
      send.type = "submit";
      send.setAttribute("aria-label", words.send);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.submit();
      });
      if (this.abilities.length) form.append(this.more());
      form.append(this.field, send);
      return form;
    }

    more() {
      const block = make("details", "more");
      const opener = make("summary", "round", "+");
      opener.setAttribute("aria-label", words.more);
      const menu = make("div", "menu");
      const acts = {
        start: () => tell(this, { do: "start" }),
        contact: () => tell(this, { do: "contact" }),
        photo: () => this.file.click(),
        sticker: () => tell(this, { do: "sticker" }),
        voice: () => tell(this, { do: "voice" }),
        edit: () => this.edit(true),
        remove: () => tell(this, { do: "remove" }),
      };
      for (const [name, act] of Object.entries(acts)) {
        if (!this.abilities.includes(name)) continue;
        menu.append(button(words[name], "", () => this.chosen(block, act)));
        if (name === "photo") menu.append(button(words.sample, "", () => this.chosen(block, () => this.photo(null))));
      }
      this.file = make("input");
      this.file.type = "file";
      this.file.accept = "image/*";
      this.file.hidden = true;
      this.file.addEventListener("change", () => {
        const [chosen] = this.file.files;
        this.file.value = "";
        if (chosen) this.photo(chosen);
      });
      block.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && block.open) {
          block.open = false;
          opener.focus();
        }
      });
      block.addEventListener("focusout", (event) => {
        if (event.relatedTarget && !block.contains(event.relatedTarget)) block.open = false;
      });
      block.append(opener, menu, this.file);
      return block;
    }

    chosen(block, act) {
      block.open = false;
      this.field.focus();
      act();
    }

    async photo(chosen) {
      if (chosen && chosen.size > known.largest) {
        this.say(words.tooLarge);
        return;
      }
      const caption = this.field.value.trim();
      const address = `/phones/${this.kind}/photo?caption=${encodeURIComponent(caption)}`;
      if (await posted(this, address, "application/octet-stream", chosen || new Blob())) this.field.value = "";
    }

    edit(on) {
      this.editing = on;
      this.field.value = "";
      this.field.placeholder = on ? words.editing : words.placeholder;
      this.field.focus();
    }

    async submit() {
      const text = this.field.value.trim();
      if (!text) return;
      const what = { do: this.editing ? "edit" : "say", text };
      this.field.value = "";
      this.edit(false);
      if (!(await tell(this, what)) && !this.field.value) this.field.value = text;
    }

    say(text) {
      this.status.textContent = text;
    }

    show(told) {
      if (this.trouble.value !== told.trouble) this.trouble.value = told.trouble;
      this.pane.dataset.trouble = told.trouble;
      if (tabOf(this)) tabOf(this).dataset.trouble = told.trouble;
      this.showItems(told.items);
      this.showQueue(told.queue);
      this.showKeyboard(told.keyboard);
      if (told.faults) this.say(fill(words.faults, { count: told.faults }));
    }

    showItems(items) {
      const numbers = new Set(items.map((item) => item.number));
      for (const [number, row] of this.rows) {
        if (!numbers.has(number)) {
          row.element.remove();
          this.rows.delete(number);
        }
      }
      let fresh = false;
      for (const item of items) {
        const there = this.rows.get(item.number);
        if (there && same(there.item, item)) continue;
        if (there && same({ ...there.item, state: "" }, { ...item, state: "" })) {
          there.element.querySelector(".foot").replaceWith(foot(item)); // what has the focus keeps it
          there.item = item;
          continue;
        }
        const element = bubble(this, item);
        if (there) there.element.replaceWith(element);
        else this.log.append(element);
        fresh = fresh || !there;
        if (!there && item.author === "reader") this.atEnd = true;
        const picture = element.querySelector("img");
        if (picture) picture.addEventListener("load", () => this.follow());
        this.rows.set(item.number, { item, element });
      }
      this.follow();
      if (fresh && tabOf(this) && tabOf(this).getAttribute("aria-selected") === "false") tabOf(this).classList.add("news");
    }

    showQueue(queue) {
      this.waits = queue;
      this.queue.hidden = !queue.length;
      if (!queue.length) {
        this.queue.replaceChildren();
        return;
      }
      const waiting = queue.filter((one) => !one.reason);
      const lines = [];
      if (waiting.length) lines.push(make("strong", "", fill(words.queue, { count: waiting.length })));
      for (const one of queue.slice(-3)) {
        const text = one.text.length > 60 ? `${one.text.slice(0, 60)}…` : one.text;
        const seconds = one.due ? Math.max(0, Math.ceil((Date.parse(one.due) - Date.now()) / 1000)) : 0;
        const parts = [`«${text.replace(/\s+/g, " ")}»`];
        if (one.reason) parts.push(fill(words.givenUp, { reason: one.reason }));
        else if (one.attempts) parts.push(fill(words.attempts, { count: one.attempts }));
        if (!one.reason && seconds) parts.push(fill(words.next, { seconds }));
        lines.push(make("span", one.reason ? "bad" : "", parts.join(", ")));
      }
      this.queue.replaceChildren(...lines);
    }

    showKeyboard(rows) {
      if (same(rows, this.lastRows)) return;
      this.lastRows = rows;
      let number = 0;
      this.keyboard.replaceChildren(
        ...rows.map((row) => {
          const line = make("div", "keyrow");
          for (const one of row) {
            const place = number++;
            line.append(button(one.label, "key", () => tell(this, { do: "tap", place })));
          }
          return line;
        }),
      );
      this.keyboard.hidden = !rows.length;
    }
  }

  class Chat {
    constructor() {
      this.kind = "webchat";
      this.title = words.chat;
      this.pane = make("section", "phone webchat");
      this.pane.id = "phone-webchat";
      const head = make("header", "head");
      const title = make("h2", "", words.chat);
      title.id = "title-webchat";
      head.append(title);
      const frame = make("iframe");
      frame.title = words.chat;
      frame.src = known.chat;
      this.pane.append(head, frame);
    }
  }

  // --- tabs where there is room for one phone ------------------------------------------------------

  function tabOf(phone) {
    return document.getElementById(`tab-${phone.kind}`);
  }

  function choose(kind, focus) {
    for (const phone of phones.values()) {
      const tab = tabOf(phone);
      const chosen = phone.kind === kind;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      phone.pane.hidden = narrow.matches && !chosen;
      if (chosen) {
        tab.classList.remove("news");
        if (phone.log) phone.log.scrollTop = phone.log.scrollHeight;
        if (focus) tab.focus();
        if (narrow.matches) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
    current = kind;
  }

  function arrange() {
    tabs.hidden = !narrow.matches;
    if (narrow.matches) tabs.setAttribute("role", "tablist");
    for (const phone of phones.values()) {
      phone.pane.setAttribute("role", narrow.matches ? "tabpanel" : "region");
      phone.pane.setAttribute("aria-labelledby", narrow.matches ? `tab-${phone.kind}` : `title-${phone.kind}`);
    }
    choose(current, false);
  }

  let current = "";
  for (const phone of [...known.phones.map((one) => new Phone(one)), new Chat()]) {
    phones.set(phone.kind, phone);
    const tab = button(phone.title, "tab", () => choose(phone.kind, false));
    tab.id = `tab-${phone.kind}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", phone.pane.id);
    tabs.append(tab);
    stand.append(phone.pane);
    current = current || phone.kind;
  }
  tabs.addEventListener("keydown", (event) => {
    const kinds = [...phones.keys()];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const wanted = { Home: 0, End: kinds.length - 1 }[event.key];
    if (step === undefined && wanted === undefined) return;
    event.preventDefault();
    const at = wanted === undefined ? (kinds.indexOf(current) + step + kinds.length) % kinds.length : wanted;
    choose(kinds[at], true);
  });
  narrow.addEventListener("change", arrange);
  arrange();

  const stream = new EventSource("/stream");
  stream.addEventListener("message", (event) => {
    const told = JSON.parse(event.data);
    phones.get(told.kind).show(told);
  });
  stream.addEventListener("open", () => { notice.hidden = true; });
  stream.addEventListener("error", lost);
  window.setInterval(() => {
    for (const phone of phones.values()) if (phone.waits && phone.waits.length) phone.showQueue(phone.waits);
  }, 1000);
})();
