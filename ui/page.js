// A marker leads to its card: the span that supports the sentence is lit, and read out by screen readers.
document.addEventListener("click", event => {
  const marker = event.target.closest && event.target.closest("a.fn");
  if (!marker) return;
  event.preventDefault();
  event.stopPropagation();
  const anchor = document.getElementById(marker.getAttribute("href").slice(1));
  if (!anchor) return;
  document.querySelectorAll(".lit").forEach(lit => lit.classList.remove("lit"));
  const card = anchor.closest(".card"), n = anchor.id.split("-").pop();
  card.classList.add("lit");
  const span = card.querySelector(`mark[data-n="${n}"]`);
  if (span) span.classList.add("lit");
  (span || card).scrollIntoView({ behavior: "smooth", block: "center" });
  card.focus({ preventScroll: true });
}, true);
