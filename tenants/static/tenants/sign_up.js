/* Fills in what the browser can guess: the address from the company's name, and the time zone. */
(() => {
  "use strict";
  const form = document.querySelector("[data-sign-up]");
  if (!form) return;
  const { company, slug, zone } = form.elements;
  let own = slug.value !== "";
  slug.addEventListener("input", () => { own = slug.value !== ""; });
  company.addEventListener("input", () => {
    if (own) return;
    slug.value = company.value.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-")
      .replace(/^[-0-9]+|-+$/g, "").slice(0, 40).replace(/-+$/, "");
  });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!form.querySelector("[aria-invalid]") && [...zone.options].some((o) => o.value === here)) zone.value = here;
})();
