(() => {
  "use strict";
  const all = (what, below = document) => [...below.querySelectorAll(what)];
  const by = (id) => document.getElementById(id);

  for (const button of all(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      let done = false;
      try {
        await navigator.clipboard.writeText(code.textContent);
        done = true;
      } catch {
        const range = document.createRange();
        range.selectNodeContents(code);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        done = document.execCommand("copy");
      }
      button.textContent = done ? "Copied" : "Press Ctrl+C";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
  }

  const form = by("filters");
  if (!form) return;
  const chips = all(".chip", form);
  const items = all(".item").map((element) => ({ element, text: null }));
  const groups = all(".group").reverse();
  const nodes = all(".node").reverse();
  const artifacts = all(".artifact");
  const choices = ["verdict", "state"].map(by).filter(Boolean);
  const wanted = { cause: new Set(), verdict: "", state: "", in: "", text: "" };
  form.querySelector(".controls").hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());

  const below = (address, place) =>
    !place || address === place || (address.startsWith(place) && (address[place.length] === "/" || place.length >= 300));

  const fits = (item) => {
    const { cause, verdict, at } = item.element.dataset;
    if (wanted.cause.size && !wanted.cause.has(cause)) return false;
    if (wanted.verdict && verdict !== wanted.verdict) return false;
    if (!below(at, wanted.in)) return false;
    if (!wanted.text) return true;
    item.text ??= (item.element.textContent + "\n" + at).toLowerCase();
    return item.text.includes(wanted.text.toLowerCase());
  };

  const apply = () => {
    const active = wanted.cause.size || wanted.verdict || wanted.in || wanted.text;
    for (const artifact of artifacts) artifact.hidden = !!wanted.state && artifact.dataset.state !== wanted.state;
    let shown = 0;
    for (const item of items) {
      item.element.hidden = !fits(item);
      if (!item.element.hidden && !item.element.closest(".artifact[hidden]")) shown += 1;
    }
    for (const group of groups) {
      if (group.classList.contains("artifact") && group.hidden) continue;
      group.hidden = !!active && !group.querySelector(".item:not([hidden])");
    }
    for (const node of nodes) {
      const causes = node.dataset.causes.split(" ");
      const own = !wanted.cause.size || causes.some((cause) => wanted.cause.has(cause));
      node.hidden = !(own && below(node.dataset.at, wanted.in)) && !node.querySelector(".node:not([hidden])");
    }
    for (const chip of chips) chip.setAttribute("aria-pressed", String(wanted.cause.has(chip.dataset.cause)));
    for (const choice of choices) choice.value = wanted[choice.id];
    if (by("text").value !== wanted.text) by("text").value = wanted.text;
    const within = by("within");
    within.hidden = !wanted.in;
    within.textContent = `in ${wanted.in} ✕`;
    by("shown").textContent = `${shown} of ${items.length} places`;
  };

  const save = () => {
    const words = [];
    const add = (key, value) => value && words.push(`${key}=${encodeURIComponent(value)}`);
    add("cause", [...wanted.cause].join(","));
    for (const key of ["verdict", "state", "in", "text"]) add(key, wanted[key]);
    try {
      history.replaceState(null, "", "#" + words.join("&"));
    } catch {
      // A page that may not change its address can still be filtered.
    }
    apply();
  };

  const load = () => {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) return;
    const given = new URLSearchParams(hash.replaceAll("+", "%2B"));
    wanted.cause = new Set((given.get("cause") ?? "").split(",").filter(Boolean));
    for (const key of ["verdict", "state", "in", "text"]) wanted[key] = given.get(key) ?? "";
    apply();
  };

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      const cause = chip.dataset.cause;
      if (!wanted.cause.delete(cause)) wanted.cause.add(cause);
      save();
    });
  }
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      wanted[choice.id] = choice.value;
      save();
    });
  }
  by("text").addEventListener("input", () => {
    wanted.text = by("text").value;
    save();
  });
  by("within").addEventListener("click", () => {
    wanted.in = "";
    save();
  });
  by("clear").addEventListener("click", () => {
    wanted.cause.clear();
    for (const key of ["verdict", "state", "in", "text"]) wanted[key] = "";
    save();
  });
  by("unfold").addEventListener("click", () => {
    const open = by("unfold").textContent === "Unfold all";
    for (const { element } of items) if (!element.hidden) element.open = open;
    by("unfold").textContent = open ? "Fold all" : "Unfold all";
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      by("text").focus();
    }
  });
  addEventListener("hashchange", load);
  load();
})();
