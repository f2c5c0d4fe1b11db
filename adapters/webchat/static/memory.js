/* What the page remembers between visits. Where the browser keeps nothing, it lasts until the page closes. */
(function () {
  "use strict";

  var Bibliobot = (window.Bibliobot = window.Bibliobot || {});
  var SESSION_BYTES = 24;

  /** A shelf of the browser that never throws: private windows and frames may forbid storage. */
  function shelf(name, prefix) {
    var kept = {};
    var storage = null;
    try {
      storage = window[name];
      storage.setItem(prefix + "probe", "1");
      storage.removeItem(prefix + "probe");
    } catch (error) {
      storage = null;
    }
    return {
      get: function (key) {
        try {
          return storage ? storage.getItem(prefix + key) : kept[key] || null;
        } catch (error) {
          return kept[key] || null;
        }
      },
      put: function (key, value) {
        kept[key] = value;
        try {
          if (storage) storage.setItem(prefix + key, value);
        } catch (error) {
          /* The shelf is full: the value lives as long as the page. */
        }
      },
      drop: function (key) {
        delete kept[key];
        try {
          if (storage) storage.removeItem(prefix + key);
        } catch (error) {
          /* as above */
        }
      },
    };
  }

  /** Letters that nobody can guess, safe in an address. */
  function random(bytes) {
    var drawn = new Uint8Array(bytes);
    window.crypto.getRandomValues(drawn);
    var binary = String.fromCharCode.apply(null, drawn);
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  /**
   * @param {string} place Path of the chat: two libraries on one host do not share a conversation.
   */
  Bibliobot.Memory = function (place) {
    var prefix = "bibliobot:" + place + ":";
    var lasting = shelf("localStorage", prefix);
    // Unsent messages belong to one tab: another tab must not send them too.
    var ofTab = shelf("sessionStorage", prefix);

    this.session = function () {
      var known = lasting.get("session");
      if (known && /^[A-Za-z0-9_-]{22,64}$/.test(known)) return known;
      return this.newSession();
    };
    this.newSession = function () {
      var fresh = random(SESSION_BYTES);
      lasting.put("session", fresh);
      lasting.drop("draft");
      ofTab.drop("unsent");
      return fresh;
    };
    this.isSessionKey = function (key) {
      return key === prefix + "session";
    };
    this.newId = function () {
      return random(12);
    };
    this.draft = function (text) {
      if (text === undefined) return lasting.get("draft") || "";
      if (text) lasting.put("draft", text);
      else lasting.drop("draft");
      return text;
    };
    this.large = function (wanted) {
      if (wanted === undefined) return lasting.get("large") === "yes";
      lasting.put("large", wanted ? "yes" : "no");
      return wanted;
    };
    this.unsent = function (items) {
      if (items !== undefined) {
        if (items.length) ofTab.put("unsent", JSON.stringify(items));
        else ofTab.drop("unsent");
        return items;
      }
      try {
        var known = JSON.parse(ofTab.get("unsent") || "[]");
        return Array.isArray(known) ? known : [];
      } catch (error) {
        return [];
      }
    };
  };
})();
