/* How messages look. Readers' and library's words enter the page only as text, never as markup. */
(function () {
  "use strict";

  var Bibliobot = (window.Bibliobot = window.Bibliobot || {});
  var MOST_SHOWN = 400;
  var NEAR_END_PX = 120;
  var KEPT_IN_SIGHT_PX = 60;

  /** An element with a class, text and attributes. */
  function make(tag, className, text, attributes) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    Object.keys(attributes || {}).forEach(function (name) {
      element.setAttribute(name, attributes[name]);
    });
    return element;
  }
  Bibliobot.make = make;

  /** Words that make no sense apart stay on one line: «№ 7», «И. С.». */
  function glued(text) {
    return text.replace(/№ (?=\d)/g, "№\u00a0").replace(/([А-ЯЁA-Z]\.) (?=[А-ЯЁA-Z]\.)/g, "$1\u00a0");
  }

  /** A link out of the chat; anything but an ordinary address stays text. */
  function outside(text, url, words) {
    if (!/^(https?:|mailto:|tel:|geo:)/i.test(url)) return document.createTextNode(text);
    var link = make("a", "", text, { href: url });
    if (/^https?:/i.test(url)) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      link.appendChild(make("span", "hidden-label", " (" + words.newWindow + ")"));
    }
    return link;
  }

  /** The text with its bold, italic and linked pieces; positions count code points. */
  function formatted(message, words) {
    var letters = Array.from(message.text);
    var whole = document.createDocumentFragment();
    var at = 0;
    function plain(until) {
      if (until > at) whole.appendChild(document.createTextNode(glued(letters.slice(at, until).join(""))));
      at = Math.max(at, until);
    }
    (message.marks || []).forEach(function (mark) {
      if (mark.start < at) return;
      plain(mark.start);
      var piece = letters.slice(mark.start, mark.start + mark.length).join("");
      if (mark.style === "link") whole.appendChild(outside(piece, mark.url, words));
      else whole.appendChild(make(mark.style === "bold" ? "strong" : "em", "", piece));
      at = mark.start + mark.length;
    });
    plain(letters.length);
    return whole;
  }

  /** A map point as a card with links: no map is loaded, no tracker told. What the `text` says is not said again. */
  function placeCard(place, text, words) {
    var told = function (part) {
      return text.indexOf(part) >= 0;
    };
    var card = make("div", "place");
    card.appendChild(make("strong", "", place.title && !told(place.title) ? place.title : words.place));
    if (place.address && place.address !== place.title && !told(place.address)) {
      card.appendChild(make("span", "", place.address));
    }
    var point = place.latitude + "," + place.longitude;
    var links = make("div", "place-links");
    if (/Android/.test(navigator.userAgent)) {
      links.appendChild(outside(words.phoneMap, "geo:" + point + "?q=" + encodeURIComponent(point), words));
    }
    var yandex = "https://yandex.ru/maps/?z=17&pt=" + place.longitude + "," + place.latitude;
    var osm = "https://www.openstreetmap.org/?mlat=" + place.latitude + "&mlon=" + place.longitude;
    links.appendChild(outside(words.yandexMap, yandex, words));
    links.appendChild(outside(words.openStreetMap, osm + "#map=17/" + place.latitude + "/" + place.longitude, words));
    card.appendChild(links);
    return card;
  }

  /** An address of a conversation's file, from wherever the page is; anything else is no address. */
  function fileAddress(file, base) {
    return /^\/chat\/files\//.test(file.url) ? base + file.url.slice("/chat/".length) : "";
  }

  function sizeOf(bytes, known) {
    var mega = bytes >= 1024 * 1024;
    var number = bytes / (mega ? 1024 * 1024 : 1024);
    var shown = mega ? Math.round(number * 10) / 10 : Math.max(1, Math.round(number));
    return shown.toLocaleString(known.language) + " " + (mega ? known.words.megabytes : known.words.kilobytes);
  }

  /** A document as a link with its name and size. */
  function documentCard(file, base, known) {
    var link = make("a", "file", "", { href: fileAddress(file, base), download: file.name });
    link.appendChild(make("span", "hidden-label", known.words.file + ": "));
    link.appendChild(make("span", "file-name", file.name, { dir: "auto" }));
    link.appendChild(make("span", "file-size", sizeOf(file.size, known)));
    return link;
  }

  /** A picture that opens larger; where it cannot be shown its words and a link stand instead. */
  function pictureCard(file, base, known) {
    if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type)) return documentCard(file, base, known);
    var alt = file.alt || file.name || known.words.picture;
    var link = make("a", "picture", "", { href: fileAddress(file, base), target: "_blank", rel: "noopener noreferrer" });
    var image = make("img", "", "", { alt: alt, loading: "lazy", decoding: "async" });
    image.addEventListener("error", function () {
      link.classList.add("unseen");
      link.insertBefore(make("span", "", alt), image);
      image.remove();
    });
    image.src = fileAddress(file, base);
    link.appendChild(image);
    link.appendChild(make("span", "hidden-label", " (" + known.words.newWindow + ")"));
    return link;
  }

  function sameDay(one, other) {
    return one.toDateString() === other.toDateString();
  }

  /**
   * @param {Element} scroll What scrolls.
   * @param {Element} log Where messages go.
   * @param {Element} newer The button that leads to the newest message, or on in a long one.
   * @param {{language: string, words: Object}} known From the page.
   * @param {function(Object)} press Told of a pressed button.
   */
  Bibliobot.View = function (scroll, log, newer, known, press) {
    var view = this;
    this.scroll = scroll;
    this.log = log;
    this.newer = newer;
    this.words = known.words;
    this.known = known;
    this.base = known.base;
    this.language = known.language;
    this.press = press;
    this.lastDay = null;
    this.toNewest = newer.textContent;
    newer.addEventListener("click", function () {
      if (view.reading) scroll.scrollTop += scroll.clientHeight - KEPT_IN_SIGHT_PX;
      else view.toEnd();
    });
    this.atEnd = true;
    scroll.addEventListener("scroll", function () {
      view.atEnd = view.nearEnd();
      if (view.atEnd) newer.hidden = true;
    });
    // The keyboard opens, a notice appears: who looked at the end goes on looking at it.
    if (window.ResizeObserver) {
      var observer = new ResizeObserver(function () {
        if (view.atEnd) view.toEnd();
      });
      observer.observe(scroll);
      observer.observe(log);
    }
  };

  var View = Bibliobot.View.prototype;

  /** A message that the library has; `before` is where it goes, the end by default. */
  View.show = function (message, before) {
    var stay = !this.atEnd;
    this.separate(new Date(message.at), before);
    var element = this.bubble(message.author, message.text, new Date(message.at));
    element.dataset.id = message.id;
    var body = element.querySelector(".words");
    body.textContent = "";
    body.appendChild(formatted(message, this.words));
    (message.locations || []).forEach(function (place) {
      element.querySelector(".bubble").insertBefore(placeCard(place, message.text, this.words), element.querySelector("time"));
    }, this);
    (message.files || []).forEach(function (file) {
      var card = (file.kind === "picture" ? pictureCard : documentCard)(file, this.base, this.known);
      element.querySelector(".bubble").insertBefore(card, element.querySelector("time"));
    }, this);
    body.hidden = !message.text;
    if (message.buttons.length) element.appendChild(this.choices(message.buttons));
    this.log.insertBefore(element, before || null);
    this.forgetOldest();
    this.follow(element, message.author !== "reader" && stay);
    return element;
  };

  /** A message on its way to the library. */
  View.showPending = function (text) {
    this.separate(new Date());
    var element = this.bubble("reader", text, new Date());
    element.classList.add("pending");
    element.appendChild(make("p", "fate", this.words.sending));
    this.log.appendChild(element);
    this.toEnd();
    return element;
  };

  View.bubble = function (author, text, at) {
    var element = make("article", "message " + author);
    var bubble = make("div", "bubble");
    var name = author === "reader" ? this.words.you : author === "librarian" ? this.words.librarian : this.words.bot;
    bubble.appendChild(make("span", author === "librarian" ? "name" : "hidden-label", name + ": "));
    bubble.appendChild(make("p", "words", text, { dir: "auto" }));
    bubble.appendChild(make("time", "", this.clock(at), { datetime: at.toISOString() }));
    element.appendChild(bubble);
    return element;
  };

  View.choices = function (rows) {
    var all = make("div", "choices", "", { role: "group", "aria-label": this.words.choices });
    rows.forEach(function (row) {
      var line = make("div", row.length > 1 ? "row several" : "row");
      row.forEach(function (button) {
        var element = make("button", "choice", glued(button.label), { type: "button" });
        element.addEventListener("click", this.pressed.bind(this, element, button));
        line.appendChild(element);
      }, this);
      all.appendChild(line);
    }, this);
    return all;
  };

  View.pressed = function (element, button) {
    if (element.classList.contains("just-pressed")) return; // a trembling finger presses twice
    element.classList.add("just-pressed");
    setTimeout(function () {
      element.classList.remove("just-pressed");
    }, 800);
    this.press(button);
  };

  /** What became of a message of ours: "" sent, else words, with a way to try again where `retry` is given. */
  View.fate = function (element, words, retry) {
    var line = element.querySelector(".fate");
    element.classList.toggle("pending", Boolean(words));
    element.classList.toggle("failed", Boolean(retry));
    if (!words) {
      if (line) line.remove();
      return;
    }
    if (!line) line = element.appendChild(make("p", "fate"));
    if (line.dataset.words === words) return;
    line.dataset.words = words;
    line.textContent = words + " ";
    if (retry) {
      var again = make("button", "again", this.words.retry, { type: "button" });
      again.addEventListener("click", retry);
      line.appendChild(again);
    }
  };

  View.find = function (id) {
    return this.log.querySelector('[data-id="' + Number(id) + '"]');
  };

  View.clear = function () {
    this.log.textContent = "";
    this.lastDay = null;
  };

  View.separate = function (at, before) {
    if (this.lastDay && sameDay(this.lastDay, at)) return;
    var first = !this.lastDay;
    this.lastDay = at;
    if (first && sameDay(at, new Date())) return; // a conversation of today needs no date
    this.log.insertBefore(make("p", "day", this.dayName(at)), before || null);
  };

  View.dayName = function (at) {
    var now = new Date();
    if (sameDay(at, now)) return this.words.today;
    if (sameDay(at, new Date(now.getTime() - 86400000))) return this.words.yesterday;
    var parts = { day: "numeric", month: "long" };
    if (at.getFullYear() !== now.getFullYear()) parts.year = "numeric";
    return at.toLocaleDateString(this.language, parts);
  };

  View.clock = function (at) {
    return at.toLocaleTimeString(this.language, { hour: "numeric", minute: "2-digit" });
  };

  View.forgetOldest = function () {
    while (this.log.childElementCount > MOST_SHOWN) this.log.removeChild(this.log.firstElementChild);
  };

  View.nearEnd = function () {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR_END_PX;
  };

  /** Bring a new message into sight; a reader who looks at older ones is not torn away from them. */
  View.follow = function (element, stay) {
    if (stay) {
      this.offer(false);
      return;
    }
    if (element.offsetHeight > this.scroll.clientHeight) {
      this.atEnd = false; // a long answer is read from its beginning
      this.scroll.scrollTop += element.getBoundingClientRect().top - this.scroll.getBoundingClientRect().top - 12;
      this.offer(true);
    } else this.toEnd();
  };

  /** What is below is one press away: the rest of a long answer screen by screen, or what came since. */
  View.offer = function (reading) {
    this.reading = reading;
    this.newer.textContent = reading ? this.words.readOn : this.toNewest;
    this.newer.hidden = false;
  };

  View.toEnd = function () {
    this.newer.hidden = true;
    this.atEnd = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  };
})();
