// Runs before the first paint, as a file of its own because the policy forbids inline scripts.
(function () {
  var chosen = localStorage.getItem("mantine-color-scheme-value");
  var prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  var scheme = chosen === "dark" || chosen === "light" ? chosen : prefersDark ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
