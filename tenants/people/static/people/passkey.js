/* Says on the page what allauth's passkey script would only tell the console. */
document.addEventListener("allauth.error", (e) => {
  const note = document.getElementById("passkey_error");
  if (!note) return;
  e.preventDefault();
  note.hidden = false;
});
