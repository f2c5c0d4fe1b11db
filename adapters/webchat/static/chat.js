/* The chat page: brings memory, line and view together. No framework, no build; understood by browsers of 2018. */
(function () {
  "use strict";

  var SLOW_MS = 12000;
  var GIVE_UP_TYPING_MS = 60000;
  var TELL_LOST_MS = 1500;
  var COUNT_FROM = 300;
  var MOST_BYTES = 8 * 1024 * 1024;
  var SHRINK_FROM = 1024 * 1024;
  var LONGEST_SIDE = 2400;

  var Bibliobot = window.Bibliobot;
  var make = Bibliobot.make;
  var known = JSON.parse(document.getElementById("known").textContent);
  var words = known.words;
  var base = new URL("..", document.currentScript.src).href; // …/chat/static/chat.js → …/chat/
  known.base = base;
  var framed = document.documentElement.classList.contains("framed");

  function byId(id) {
    return document.getElementById(id);
  }

  // Too old a browser: the page says by itself whom to call.
  if (!window.fetch || !window.crypto || !window.Promise || !Array.from || !Element.prototype.closest) return;

  var memory = new Bibliobot.Memory(new URL(base).pathname);
  var view = new Bibliobot.View(byId("scroll"), byId("log"), byId("newer"), known, function (button) {
    outbox.say(button.label, button.payload);
  });
  var outbox = new Bibliobot.Outbox(memory, view, known, expectAnswer);
  var text = byId("text");
  var line = null;
  var awaited = 0; // the newest message of ours that may still be answered
  var replied = {}; // messages of ours that have an answer
  var typingTimers = [];

  // --- hearing --------------------------------------------------------------------------------

  function heard(message) {
    if (message.in_reply_to) replied[message.in_reply_to] = true;
    if (message.author === "reader") {
      if (message.photo && !message.text) message.text = words.photo;
      if (!message.text || view.find(message.id) || outbox.adopt(message)) return;
    } else if (!message.in_reply_to || message.in_reply_to >= awaited) {
      stopTyping();
    }
    view.show(message, outbox.firstPending());
  }

  /** A message of ours arrived: show that an answer is being looked for. */
  function expectAnswer(id) {
    awaited = Math.max(awaited, id);
    if (replied[id]) return; // the answer was faster than the word that the question arrived
    stopTyping();
    byId("typing").hidden = false;
    byId("typing").lastElementChild.textContent = words.typing;
    typingTimers = [
      setTimeout(function () {
        byId("typing").lastElementChild.textContent = words.slow;
      }, SLOW_MS),
      setTimeout(stopTyping, GIVE_UP_TYPING_MS),
    ];
  }

  function stopTyping() {
    typingTimers.forEach(clearTimeout);
    typingTimers = [];
    byId("typing").hidden = true;
  }

  // --- the line -------------------------------------------------------------------------------

  var lostTimer = null;
  var wasLost = false;

  function lineState(state) {
    if (state === "open") {
      clearTimeout(lostTimer);
      lostTimer = null;
      if (wasLost) notice(words.back, true);
      wasLost = false;
      outbox.pump();
    } else if (!lostTimer) {
      lostTimer = setTimeout(function () {
        wasLost = true;
        notice(navigator.onLine === false ? words.offline : words.reconnecting);
      }, TELL_LOST_MS);
    }
  }

  function notice(sentence, passing) {
    var place = byId("notice");
    place.textContent = sentence;
    place.classList.toggle("good", Boolean(passing));
    if (passing) {
      setTimeout(function () {
        if (place.textContent === sentence) place.textContent = "";
      }, 3000);
    }
  }

  /** What begins a conversation: a link that says what for, or a newcomer, who need not type to hear something. */
  function startOf(opened) {
    var found = /[?&]start=([A-Za-z0-9_.-]{1,48})(&|$)/.exec(window.location.search);
    if (found) return "start:" + found[1];
    return opened.recent.length ? "" : "start";
  }

  /** Leave this conversation for another. */
  function begin(session) {
    outbox.clear();
    view.clear();
    open(session);
  }

  /** Open the conversation of a session; a new one begins with a greeting. */
  function open(session) {
    if (line) line.close();
    stopTyping();
    replied = {};
    awaited = 0;
    line = new Bibliobot.Line(base, session, { heard: heard, state: lineState });
    byId("log").setAttribute("aria-busy", "true");
    load(line, 0);
  }

  function load(opened, failures) {
    opened.catchUp().then(
      function () {
        if (opened !== line) return;
        byId("log").setAttribute("aria-busy", "false");
        view.toEnd();
        outbox.open(opened, startOf(opened));
        opened.follow();
      },
      function () {
        if (opened !== line) return;
        lineState("lost");
        setTimeout(function () {
          if (opened === line) load(opened, failures + 1);
        }, Math.min(1000 * Math.pow(2, failures), 30000));
      }
    );
  }

  // --- the composer ---------------------------------------------------------------------------

  function length() {
    return Array.from(text.value.trim()).length;
  }

  function grow() {
    text.style.height = "auto";
    text.style.height = text.scrollHeight + 2 + "px";
  }

  function typed() {
    grow();
    memory.draft(text.value);
    var left = known.limit - length();
    var place = byId("count");
    place.classList.toggle("over", left < 0);
    text.setAttribute("aria-invalid", left < 0 ? "true" : "false");
    if (left < 0) place.textContent = words.over.replace("{count}", -left);
    else place.textContent = left <= COUNT_FROM ? words.left.replace("{count}", left) : "";
  }

  function submit(event) {
    if (event) event.preventDefault();
    var said = text.value.trim();
    if (!said || length() > known.limit) {
      text.focus();
      return;
    }
    text.value = "";
    typed();
    outbox.say(said);
    text.focus();
  }

  text.addEventListener("input", typed);
  text.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  byId("composer").addEventListener("submit", submit);

  // --- a photograph ---------------------------------------------------------------------------

  var photo = byId("photo");

  byId("photograph").addEventListener("click", function () {
    photo.value = ""; // the same photograph may be chosen again
    photo.click();
  });
  photo.addEventListener("change", function () {
    var picture = photo.files && photo.files[0];
    if (!picture) return;
    text.focus();
    smaller(picture, function (made) {
      if (made.size > MOST_BYTES) notice(words.photoTooLarge);
      else outbox.show(made);
    });
  });

  /** A telephone's photograph is five times larger than a barcode needs; an old browser sends it as it is. */
  function smaller(picture, done) {
    var small = picture.size <= SHRINK_FROM && /^image\/(jpeg|png|webp|gif)$/.test(picture.type);
    if (small || !window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob) {
      done(picture);
      return;
    }
    window.createImageBitmap(picture).then(
      function (bitmap) {
        var part = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
        var canvas = make("canvas");
        canvas.width = Math.round(bitmap.width * part);
        canvas.height = Math.round(bitmap.height * part);
        canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(
          function (made) {
            done(made || picture);
          },
          "image/jpeg",
          0.85
        );
      },
      function () {
        done(picture); // the library says what is wrong with it
      }
    );
  }

  // --- the menu -------------------------------------------------------------------------------

  var menu = byId("menu");
  var menuButton = byId("menu-button");

  function entry(label, act) {
    var button = make("button", "", label, { type: "button" });
    button.addEventListener("click", act);
    return menu.appendChild(button);
  }

  function fillMenu() {
    menu.textContent = "";
    entry(memory.large() ? words.smallerText : words.largerText, function () {
      memory.large(!memory.large());
      showSize();
      closeMenu();
    });
    entry(words.startAgain, askToStartAgain);
    if (known.policyUrl) {
      var attributes = { href: known.policyUrl, target: "_blank", rel: "noopener noreferrer" };
      menu.appendChild(make("a", "", words.policy, attributes));
    }
  }

  function askToStartAgain() {
    menu.textContent = "";
    menu.appendChild(make("p", "", words.startAgainSure));
    entry(words.yes, function () {
      closeMenu();
      begin(memory.newSession());
      text.value = "";
      typed();
      text.focus();
    }).focus();
    entry(words.no, closeMenu);
  }

  function closeMenu() {
    if (menu.hidden) return;
    menu.hidden = true;
    menuButton.setAttribute("aria-expanded", "false");
    menuButton.focus();
  }

  menuButton.addEventListener("click", function () {
    if (!menu.hidden) {
      closeMenu();
      return;
    }
    fillMenu();
    menu.hidden = false;
    menuButton.setAttribute("aria-expanded", "true");
    menu.firstElementChild.focus();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    if (!menu.hidden) closeMenu();
    else if (framed) closeFrame();
  });
  document.addEventListener("click", function (event) {
    if (!menu.hidden && event.target.isConnected && !event.target.closest(".menu")) closeMenu();
  });

  function showSize() {
    document.documentElement.classList.toggle("large", memory.large());
    grow();
  }

  // --- inside another page --------------------------------------------------------------------

  function closeFrame() {
    window.parent.postMessage({ bibliobot: "close" }, "*"); // says nothing about the reader
  }

  if (framed && window.parent !== window) {
    var close = make("button", "round", "", { type: "button", "aria-label": words.close });
    close.textContent = "×";
    close.addEventListener("click", closeFrame);
    document.querySelector(".top").appendChild(close);
    window.parent.postMessage({ bibliobot: "ready" }, "*");
    window.addEventListener("message", function (event) {
      if (event.source === window.parent && event.data && event.data.bibliobot === "opened") text.focus();
    });
  }

  // --- beginning ------------------------------------------------------------------------------

  window.addEventListener("online", function () {
    line.lookNow();
    outbox.pump();
  });
  window.addEventListener("offline", function () {
    notice(words.offline);
    wasLost = true;
  });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) line.lookNow();
  });
  window.addEventListener("storage", function (event) {
    // Another tab began anew: two conversations in one browser would puzzle the reader.
    if (memory.isSessionKey(event.key) && event.newValue && event.newValue !== line.session) {
      begin(memory.session());
    }
  });

  document.documentElement.classList.add("alive");
  showSize();
  text.value = memory.draft();
  typed();
  if (!framed && window.matchMedia && window.matchMedia("(pointer: fine)").matches) text.focus();
  open(memory.session());
})();
