// The list keeps itself fresh; who is called hears of it, if they like.
(() => {
  "use strict";
  const panes = document.querySelector(".panes");
  if (!panes) return;
  let waiting = Number(panes.dataset.waiting || 0);
  const title = document.title;

  const kept = (name) => { try { return localStorage.getItem(name) === "on"; } catch { return false; } };
  const keep = (name, on) => { try { localStorage.setItem(name, on ? "on" : "off"); } catch { /* storage is off */ } };
  const soundSwitch = document.querySelector("[data-sound]");
  const noticeSwitch = document.querySelector("[data-notices]");
  const show = (button, on) => button?.setAttribute("aria-pressed", String(on));
  show(soundSwitch, kept("sound"));
  show(noticeSwitch, kept("notices") && globalThis.Notification?.permission === "granted");
  soundSwitch?.addEventListener("click", () => {
    const on = !kept("sound");
    keep("sound", on);
    show(soundSwitch, on);
    if (on) ring();
  });
  noticeSwitch?.addEventListener("click", async () => {
    const on = !kept("notices") && (await globalThis.Notification?.requestPermission?.()) === "granted";
    keep("notices", on);
    show(noticeSwitch, on);
  });

  function ring() {
    const Sound = globalThis.AudioContext;
    if (!Sound) return;
    const sound = new Sound(), tone = sound.createOscillator(), volume = sound.createGain();
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.12, sound.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.5);
    tone.connect(volume).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.5);
    tone.onended = () => sound.close();
  }

  function called() {
    if (kept("sound")) ring();
    if (kept("notices") && globalThis.Notification?.permission === "granted" && document.hidden) {
      new Notification(panes.dataset.called, { tag: "waiting" });  // never the reader's words
    }
  }

  let first = true;
  const stream = new EventSource(panes.dataset.stream);
  stream.addEventListener("counts", (event) => {
    const counts = JSON.parse(event.data);
    document.title = counts.waiting ? `(${counts.waiting}) ${title}` : title;
    if (counts.waiting > waiting) called();
    waiting = counts.waiting;
    if (!first || document.querySelector("[data-list]")?.dataset.stale) refresh();
    first = false;
  });
  stream.addEventListener("error", () => { document.querySelector("[data-list]")?.setAttribute("data-stale", "1"); });

  let soon = 0;
  function refresh() {
    clearTimeout(soon);
    soon = setTimeout(() => {
      const list = document.querySelector("[data-list]");
      if (!list || document.hidden) return;
      const focused = document.activeElement?.closest?.("[data-row]")?.getAttribute("href");
      list.removeAttribute("data-stale");
      list.addEventListener("htmx:afterSwap", () => {
        if (focused) list.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
      }, { once: true });
      htmx.trigger(list, "refresh");
    }, 150);
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
})();
