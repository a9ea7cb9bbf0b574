// A marker leads to its card: the span that supports the sentence is lit, and read out by screen readers.
// Hovering or reaching one by keyboard shows the same in a small window.
(() => {
  const parts = marker => {
    const anchor = document.getElementById((marker.getAttribute("href") || "").slice(1));
    if (!anchor) return null;
    const card = anchor.closest(".card");
    return { card, n: anchor.id.split("-").pop(), section: anchor.closest("section") };
  };
  const within = (event, selector) => event.target.closest && event.target.closest(selector);
  const open = section => document.querySelectorAll("#sources section.cards").forEach(
    other => { other.hidden = other !== section; });

  document.addEventListener("click", event => {
    const marker = within(event, "a.fn");
    if (!marker) return;
    event.preventDefault();
    event.stopPropagation();
    const found = parts(marker);
    if (!found) return;
    close();
    open(found.section);
    document.querySelectorAll(".lit").forEach(lit => lit.classList.remove("lit"));
    found.card.classList.add("lit");
    const spans = found.card.querySelectorAll(`mark[data-n="${found.n}"]`);
    spans.forEach(span => span.classList.add("lit"));
    (spans[0] || found.card).scrollIntoView({ behavior: "smooth", block: "center" });
    found.card.focus({ preventScroll: true });
  }, true);

  document.addEventListener("click", event => {
    const button = within(event, "[data-copy]");
    if (!button) return;
    const told = button.parentElement.querySelector(".copied");
    const say = text => { if (told) { told.textContent = text; setTimeout(() => { told.textContent = ""; }, 2000); } };
    navigator.clipboard.writeText(button.dataset.copy).then(() => say(" copied"), () => say(" the browser refused"));
  });

  // What the server has to tell comes by a stream that ends as soon as nothing is under way. What is asked in that moment
  // is answered, yet Gradio's part of the page believes to be listening still: it is made to listen again.
  let stream = null, watched = null;
  const hear = ended => { if (stream === ended) document.querySelector("#hear").click(); };
  const fetched = window.fetch;
  window.fetch = async (what, ...options) => {
    const address = String(what.url || what);
    if (address.includes("/queue/data")) stream = what.signal;
    const reply = await fetched(what, ...options);
    if (address.includes("/queue/join") && stream && !stream.aborted && stream !== watched) {
      const open = watched = stream;
      open.addEventListener("abort", () => setTimeout(hear, 200, open));
    }
    return reply;
  };

  // A file made of text, saved by the browser: nothing of it is left on the server.
  window.footnoteSave = file => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.text], { type: "text/plain;charset=utf-8" }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  let peek = null;
  const close = () => { if (peek) { peek.remove(); peek = null; } };
  const show = (at, fill) => {
    close();
    peek = document.createElement("div");
    peek.className = "peek";
    peek.setAttribute("role", "tooltip");
    fill(peek);
    document.body.append(peek);
    const box = at.getBoundingClientRect(), own = peek.getBoundingClientRect();
    peek.style.left = Math.max(8, Math.min(box.left, innerWidth - own.width - 8)) + "px";
    peek.style.top = (box.bottom + own.height + 12 < innerHeight ? box.bottom + 6 : Math.max(8, box.top - own.height - 6)) + "px";
  };
  const peeked = event => {
    const marker = within(event, "a.fn"), dot = within(event, "#map circle");
    if (marker) {
      const found = parts(marker);
      if (found) show(marker, window_ => {
        for (const child of found.card.children) {
          if (child.matches("h3, p")) window_.append(child.cloneNode(true));
        }
        window_.querySelectorAll("button").forEach(button => button.remove());
        window_.querySelectorAll(`mark:not([data-n="${found.n}"])`).forEach(mark => { mark.style.background = "none"; });
      });
    } else if (dot) {
      show(dot, window_ => { window_.textContent = dot.dataset.ask; });
    }
  };
  for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, peeked);
  for (const kind of ["mouseout", "focusout", "scroll"]) document.addEventListener(kind, close, true);
  document.addEventListener("keydown", event => { if (event.key === "Escape") close(); });

  // One question at a time: what is asked while an answer comes is asked after its end, and a second press is none.
  let sent = 0, waiting = "";
  const typed = () => document.querySelector("#question textarea").value;
  const asked = event => {
    const entered = event.key === "Enter" && !event.shiftKey && !event.isComposing && within(event, "#question");
    const clicked = event.type === "click" && within(event, "#send");
    if (event.type === "click" && within(event, "#stop")) waiting = "";
    if (!entered && !clicked) return;
    const answering = document.body.classList.contains("answering");
    if (answering) waiting = typed();
    if (answering || Date.now() - sent < 1000) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else {
      sent = Date.now();
    }
  };
  for (const kind of ["keydown", "click"]) window.addEventListener(kind, asked, true);
  const next = () => {
    sent = 0;
    if (waiting && waiting === typed()) document.querySelector("#send").click();
    waiting = "";
  };

  // What cannot be taken back is done at the second press.
  window.addEventListener("click", event => {
    const button = within(event, ".twice"), sure = document.querySelector(".twice.sure");
    if (sure) sure.classList.remove("sure");
    if (!button || button === sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    button.classList.add("sure");
    setTimeout(() => button.classList.remove("sure"), 5000);
  }, true);

  // A question that is typed, waits or is being answered outlives a reload, also the one that Gradio does once a server
  // that was away is back.
  const DRAFT = "footnote-draft";
  let draft = sessionStorage.getItem(DRAFT);
  window.addEventListener("pagehide", () => {
    const box = document.querySelector("#question textarea"), rows = document.querySelectorAll("#chat .user-row");
    const unanswered = document.body.classList.contains("answering") && rows.length && rows[rows.length - 1].innerText;
    const left = (box && box.value) || unanswered || draft || "";
    if (left.trim()) sessionStorage.setItem(DRAFT, left.trim());
  });
  const redraft = () => {
    const box = draft && document.querySelector("#question textarea");
    if (!box) return;
    if (!box.value) {
      box.value = draft;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    draft = null;
    sessionStorage.removeItem(DRAFT);
  };

  // A question that was asked now comes to the top of the chat, and its answer is read from there: the page does not run
  // after its end. Who scrolls meanwhile is left alone. While an answer comes, Stop stands where Ask does.
  let questions = 0, followed = 0;
  const lift = () => {
    const box = document.querySelector("#chat .bubble-wrap"), last = box && [...box.querySelectorAll(".user-row")].pop();
    if (!last || Date.now() > followed) return;
    box.scrollTop += last.getBoundingClientRect().top - box.getBoundingClientRect().top - 34;  // clear of the bin
  };
  const follow = () => {
    const chat = document.querySelector("#chat"), box = chat && chat.querySelector(".bubble-wrap");
    redraft();
    if (!box) return;
    const asked = chat.querySelectorAll(".user-row"), going = Boolean(chat.querySelector(".going"));
    const held = document.activeElement && document.activeElement.matches("#send, #stop");
    const ended = document.body.classList.contains("answering") && !going;
    document.body.classList.toggle("answering", going);
    document.body.classList.toggle("talked", asked.length > 0);
    if (ended) next();
    if (held && !document.activeElement.offsetParent) document.querySelector("#question textarea").focus();
    // What came last is laid out late, on a slow machine by seconds.
    if (asked.length > questions || ((going || ended) && followed)) followed = Date.now() + 8000;
    questions = asked.length;
    for (const later of [0, 200, 600, 1500]) setTimeout(lift, later);
  };
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) document.addEventListener(kind, event => {
    if (within(event, "#chat")) followed = 0;
  }, { passive: true });
  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true, characterData: true });

  // The papers of the answer that stands open are ringed on the map, whenever either changes: also where the page puts
  // a whole panel in at once, as it does with a map that was drawn before its tab stood open.
  const ring = () => {
    const cited = new Set([...document.querySelectorAll("#sources section.cards:not([hidden]) [data-paper]")].map(
      card => card.dataset.paper));
    document.querySelectorAll("#map circle").forEach(dot => dot.classList.toggle("lit", cited.has(dot.dataset.paper)));
  };
  const panels = "#map, #sources";
  const holds = node => node.nodeType === 1 && (node.matches(panels) || node.querySelector(panels));
  const concerns = change => change.target.closest(panels) || [...change.addedNodes].some(holds);
  new MutationObserver(changes => { if (changes.some(concerns)) ring(); }).observe(
    document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden"] });
})();
