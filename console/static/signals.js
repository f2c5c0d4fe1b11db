// Who is called hears of it, if they like: a sound and the browser's own notice, never with the reader's words.
(() => {
  "use strict";
  const place = document.querySelector("[data-called]");
  if (!place) return;
  const AGAIN_MS = 10 * 60 * 1000;  // how often a long wait is told of
  const LATE_MS = 3000;  // a sound that could not be made at once is not made later
  const longS = Number(place.dataset.longSeconds || 0);
  let waiting = Number(place.dataset.waiting || 0), oldest = null, toldAt = 0;

  const kept = (name) => { try { return localStorage.getItem(name) === "on"; } catch { return false; } };
  const keep = (name, on) => { try { localStorage.setItem(name, on ? "on" : "off"); } catch { /* storage is off */ } };
  const allowed = () => globalThis.Notification?.permission === "granted";
  const soundSwitch = document.querySelector("[data-sound]");
  const noticeSwitch = document.querySelector("[data-notices]");
  const show = (button, on) => button?.setAttribute("aria-pressed", String(on));
  show(soundSwitch, kept("sound"));
  show(noticeSwitch, kept("notices") && allowed());
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
    if (!on && globalThis.Notification?.permission === "denied") desk.tell(noticeSwitch.dataset.denied, true);
  });

  // A page that nobody has touched yet may make no sound: the first touch wakes it.
  let sound = null;
  const awake = () => {
    if (!globalThis.AudioContext) return null;
    sound ??= new AudioContext();
    if (sound.state === "suspended") sound.resume().catch(() => {});
    return sound;
  };
  for (const touch of ["pointerdown", "keydown"]) {
    addEventListener(touch, () => { if (kept("sound")) awake(); }, { capture: true, passive: true });
  }
  function ring() {
    const at = Date.now();
    if (!awake()) return;
    if (sound.state === "running") { play(); return; }
    sound.resume().then(() => { if (Date.now() - at < LATE_MS) play(); }).catch(() => {});
  }
  function play() {
    const tone = sound.createOscillator(), volume = sound.createGain();
    tone.frequency.value = 660;
    volume.gain.setValueAtTime(0.12, sound.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.5);
    tone.connect(volume).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.5);
  }

  function tell(words) {
    if (kept("sound")) ring();
    if (kept("notices") && allowed() && document.hidden) {
      const notice = new Notification(words, { tag: "waiting" });
      notice.onclick = () => { globalThis.focus(); notice.close(); };
    }
  }
  function heard(counts) {
    oldest = counts.oldest ? Date.parse(counts.oldest) : null;
    if (counts.waiting > waiting) tell(place.dataset.called);
    waiting = counts.waiting;
  }
  setInterval(() => {
    const now = Date.now();
    if (!longS || !oldest || now - oldest < longS * 1000 || now - toldAt < AGAIN_MS) return;
    toldAt = now;
    tell(place.dataset.long);
  }, 15000);

  desk.calls = { heard };
  if (place.dataset.calls) {  // a page without a list listens by itself
    desk.listen(place.dataset.calls, "counts", (said) => {
      const counts = JSON.parse(said);
      desk.waiting(counts);
      heard(counts);
    });
  }
})();
